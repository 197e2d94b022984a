"""What every way out of the house can do, and the ways in which it can fail."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import timedelta
from typing import ClassVar, Generic, TypeVar

from portal.outbox.claims import Claimed

Composed = TypeVar("Composed")


class Refused(Exception):
    """The other side will never take this message."""


class Deferred(Exception):
    """The other side does not take this message now, nor before ``pause`` is over."""

    def __init__(self, reason: str, pause: timedelta = timedelta()) -> None:
        super().__init__(reason)
        self.pause = pause


class Unreachable(Exception):
    """Nobody answers there at all: the next message would fare no better."""


class Unknown(Exception):
    """It was handed over and nobody said whether it was taken."""


class Transport(ABC, Generic[Composed]):
    """Hands messages over one by one.

    ``repeatable`` says whether the other side recognises a message that is handed over twice as one.
    """

    repeatable: ClassVar[bool]

    @abstractmethod
    def compose(self, message: Claimed) -> Composed:
        """The message as it leaves; may read the database and speaks to nobody else."""

    @abstractmethod
    def send(self, composed: Composed) -> None:
        """Hand it over; raises ``Refused``, ``Deferred``, ``Unreachable`` or ``Unknown``."""

    @abstractmethod
    def close(self) -> None:
        """Say goodbye; never raises."""
