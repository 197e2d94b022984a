"""The interface of transports, and the ways in which sending can fail."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import timedelta
from typing import ClassVar, Generic, TypeVar

from portal.outbox.claims import ClaimedMessage

Composed = TypeVar("Composed")


class Refused(Exception):
    """The server will never accept this message."""


class Deferred(Exception):
    """The server does not accept this message now, nor before ``delay`` is over."""

    def __init__(self, reason: str, delay: timedelta = timedelta()) -> None:
        super().__init__(reason)
        self.delay = delay


class Unreachable(Exception):
    """The server does not answer, or answers nobody: the next message would fail too."""


class OutcomeUnknown(Exception):
    """The message was sent, but the server did not confirm that it has accepted it."""


class Transport(ABC, Generic[Composed]):
    """A connection that sends messages one after the other.

    ``repeatable`` says whether a message that is sent twice arrives once.
    """

    repeatable: ClassVar[bool]

    @abstractmethod
    def compose(self, message: ClaimedMessage) -> Composed:
        """Return the message in the form that ``send`` takes; may read the database, never the network."""

    @abstractmethod
    def send(self, composed: Composed) -> None:
        """Send a message; raise ``Refused``, ``Deferred``, ``Unreachable`` or ``OutcomeUnknown``."""

    @abstractmethod
    def close(self) -> None:
        """Close the connection; never raises."""
