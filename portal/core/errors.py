"""What a service may refuse with: five kinds of domain error, translated once at each door."""

from __future__ import annotations

from typing import ClassVar


class DomainError(Exception):
    """A refusal that a person caused and can understand.

    ``code`` is stable and machine-readable, ``message`` is a sentence in the reader's language
    (or a lazy translation), ``field`` names the input it concerns. Raising rolls the transaction back.
    """

    status: ClassVar[int] = 400

    def __init__(self, code: str, message: object, *, field: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.lazy_message = message
        self.field = field

    @property
    def message(self) -> str:
        return str(self.lazy_message)


class Invalid(DomainError):
    """The input cannot be used as it is."""

    status = 422


class NotFound(DomainError):
    """Nothing there, or nothing the actor may know of."""

    status = 404


class Forbidden(DomainError):
    """The actor may know of it but not do this."""

    status = 403


class Unauthenticated(DomainError):
    """Nobody is signed in and this needs somebody."""

    status = 401


class ReauthenticationNeeded(Forbidden):
    """The actor may, once they have shown again that it is them."""


class Conflict(DomainError):
    """The state of the thing does not allow this any more."""

    status = 409


class TooMany(DomainError):
    """Asked too often; ``retry_after`` is in seconds."""

    status = 429

    def __init__(self, code: str, message: object, *, retry_after: int, field: str | None = None) -> None:
        super().__init__(code, message, field=field)
        self.retry_after = retry_after
