"""Facts that a lower room announces and a higher room must act on in the same transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

Fact = TypeVar("Fact")

_listeners: dict[type[Any], list[Callable[[Any], None]]] = defaultdict(list)


def subscribe(kind: type[Fact]) -> Callable[[Callable[[Fact], None]], Callable[[Fact], None]]:
    """Register a function to be called, inside the announcing transaction, for each fact of this kind."""

    def register(listener: Callable[[Fact], None]) -> Callable[[Fact], None]:
        _listeners[kind].append(listener)
        return listener

    return register


def publish(fact: object) -> None:
    """Tell every listener of the fact's type, in the order of registration; an error aborts the transaction."""
    for listener in _listeners[type(fact)]:
        listener(fact)
