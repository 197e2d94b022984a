"""The errors that services raise; pages and API turn them into responses."""

from __future__ import annotations

from typing import ClassVar


class DomainError(Exception):
    """A refusal that the caller caused and can understand.

    ``code`` is stable and machine-readable, ``message`` a sentence (text or a lazy translation), ``field`` the name of
    the input it concerns. Raising it rolls the transaction back.
    """

    status: ClassVar[int] = 400

    def __init__(self, code: str, message: object, *, field: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.lazy_message = message
        self.field = field

    @property
    def message(self) -> str:
        """The sentence in the language of the request."""
        return str(self.lazy_message)


class Invalid(DomainError):
    """The input cannot be used as it is."""

    status = 422


class NotFound(DomainError):
    """There is no such object, or the actor may not know of it."""

    status = 404


class Forbidden(DomainError):
    """The actor may see the object but not do this."""

    status = 403


class Unauthenticated(DomainError):
    """The caller is not signed in and this requires a member."""

    status = 401


class ReauthenticationNeeded(Forbidden):
    """The actor may do this after re-authentication."""


class Conflict(DomainError):
    """The state of the object does not allow this any more."""

    status = 409


class TooMany(DomainError):
    """The caller tried too often; ``retry_after`` is in seconds."""

    status = 429

    def __init__(self, code: str, message: object, *, retry_after: int, field: str | None = None) -> None:
        super().__init__(code, message, field=field)
        self.retry_after = retry_after
