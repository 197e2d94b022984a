"""The errors that services raise, and that pages and the API turn into responses."""

from __future__ import annotations

from typing import ClassVar


class DomainError(Exception):
    """Base of the errors that the caller caused and can understand; ``status`` is their HTTP status.

    ``code`` is stable and machine-readable, ``message`` a sentence (text or a lazy translation), ``field`` the name of
    the input that it concerns. Raised out of a view, it rolls the transaction back.
    """

    status: ClassVar[int] = 400

    def __init__(self, code: str, message: object, *, field: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.lazy_message = message
        self.field = field

    @property
    def message(self) -> str:
        """The sentence for the caller, in the language of the request."""
        return str(self.lazy_message)


class Invalid(DomainError):
    """Error for input that cannot be used as it is: HTTP 422."""

    status = 422


class NotFound(DomainError):
    """Error for an object that does not exist or that the actor may not know of: HTTP 404."""

    status = 404


class Forbidden(DomainError):
    """Error for an action that the actor may not do, on an object that they may see: HTTP 403."""

    status = 403


class Unauthenticated(DomainError):
    """Error for a caller who is not signed in, where only members have access: HTTP 401."""

    status = 401


class ReauthenticationNeeded(Forbidden):
    """Error for an action that the actor may do only after re-authentication: HTTP 403, on pages a redirect to it."""


class Conflict(DomainError):
    """Error for an action that the state of the object no longer allows: HTTP 409 on pages, 400 in the API."""

    status = 409


class WaitingForOffice(Forbidden):
    """Error for what opens to a signed-in person only once the office has let them in: HTTP 403."""


class TooMany(DomainError):
    """Error for a caller who tried too often: HTTP 429; ``retry_after`` is the time to wait in seconds."""

    status = 429

    def __init__(self, code: str, message: object, *, retry_after: int, field: str | None = None) -> None:
        super().__init__(code, message, field=field)
        self.retry_after = retry_after


class Unavailable(DomainError):
    """Error for something that the portal cannot do at the moment, through no fault of the caller: HTTP 503."""

    status = 503
