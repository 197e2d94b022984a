"""The interface of transports, and the ways in which sending can fail."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import timedelta
from typing import ClassVar, Generic, TypeVar

from portal.outbox.claims import ClaimedMessage

Composed = TypeVar("Composed")


class Refused(Exception):
    """Raised when the server refuses a message for good, so that trying again is useless."""


class Deferred(Exception):
    """Raised when the server refuses a message for now; it may be tried again once ``delay`` is over."""

    def __init__(self, reason: str, delay: timedelta = timedelta()) -> None:
        super().__init__(reason)
        self.delay = delay


class Unreachable(Exception):
    """Raised when the server cannot be reached or serves nobody, so that the next message would fail too."""


class OutcomeUnknown(Exception):
    """Raised when a message was perhaps sent, because the server did not confirm that it has accepted it."""


class Transport(ABC, Generic[Composed]):
    """The interface of what sends the messages of one channel, one after the other over one connection.

    ``repeatable`` says whether a message that is sent twice counts as one, so that a repetition does no harm.
    """

    repeatable: ClassVar[bool]

    @abstractmethod
    def compose(self, message: ClaimedMessage) -> Composed:
        """Return a claimed message in the form that ``send`` takes; may read the database, never uses the network."""

    @abstractmethod
    def send(self, composed: Composed) -> None:
        """Send a composed message; return only if the server has accepted it.

        Raise ``Refused``, ``Deferred``, ``Unreachable`` or ``OutcomeUnknown`` otherwise.
        """

    @abstractmethod
    def close(self) -> None:
        """Close the connection, if there is one; raise nothing."""
