"""Addresses of views."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from werkzeug.routing import Rule


class LazyRule(Rule):
    """Prepares to build its address when one is first built.

    Werkzeug writes and compiles two functions for every rule when it is added: a tenth of a second at each start, for
    addresses most of which a process never builds.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        compile_now = super()._compile_builder

        def build(rule: Rule, **values: Any) -> tuple[str, str]:
            builder: Callable[..., tuple[str, str]] = compile_now(append_unknown).__get__(rule, None)
            setattr(rule, "_build_unknown" if append_unknown else "_build", builder)
            return builder(**values)

        return build
