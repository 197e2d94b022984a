"""Access to views: declared on every view, checked before it runs; without it the application refuses to start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, g, has_request_context, request
from flask_babel import lazy_gettext as _

from portal.core.actor import Actor, Channel
from portal.core.errors import Forbidden, ReauthenticationNeeded, Unauthenticated
from portal.core.extension_points import ExtensionPoint

View = TypeVar("View", bound=Callable[..., Any])

FORM_CAP = 64 * 1024
PICTURE_CAP = 15 * 1024 * 1024
UPLOAD_CAP = 10 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Access:
    """What a caller must be: anyone, a member, a member with recent re-authentication, or holder of a permission."""

    name: str
    permission: str | None = None

    def check(self, actor: Actor) -> None:
        """Raise ``Unauthenticated``, ``ReauthenticationNeeded`` or ``Forbidden`` unless the actor has this access."""
        if self == ANYONE:
            return
        if not actor.is_authenticated:
            raise Unauthenticated("not_signed_in", _("Sign in to continue."))
        if self == RECENT_AUTH:
            check_recent_auth(actor)
        if self.permission is not None and not actor.may(self.permission):
            if actor.needs_second_factor:
                raise Forbidden("second_factor_needed", SECOND_FACTOR_NEEDED)
            raise Forbidden("not_permitted", _("You do not have permission to do this."))


ANYONE = Access("anyone")
MEMBER = Access("member")
RECENT_AUTH = Access("recent_auth")

SECOND_FACTOR_NEEDED = _("The alumni office requires two-step verification. Turn it on under “Security” first.")


def check_recent_auth(actor: Actor) -> None:
    """Raise ``ReauthenticationNeeded`` unless the actor has authenticated within ``RECENT_AUTH_LIFETIME``."""
    if not actor.has_recent_auth:
        raise ReauthenticationNeeded("prove_again", _("Confirm it's you, then continue."))


def holds(permission: str) -> Access:
    """Return the access of members who hold ``permission``."""
    return Access("permission", str(permission))


@dataclass(frozen=True, slots=True)
class Requirements:
    """What a view declares: its access, and the largest request body in bytes.

    ``picture`` is the key of the JSON body that holds a picture; the rest of such a body must be within ``FORM_CAP``.
    """

    access: Access
    body_cap: int = FORM_CAP
    picture: str | None = None


def access(required: Access, *, body_cap: int = FORM_CAP) -> Callable[[View], View]:
    """Declare a page view's access and the largest request body it takes, in bytes."""

    def mark(view: View) -> View:
        view.requirements = Requirements(required, body_cap)  # type: ignore[attr-defined]  # functions take attributes
        return view

    return mark


def requirements_of(view: Callable[..., Any]) -> Requirements | None:
    """Return what a view declares, or ``None`` if its author declared nothing."""
    return getattr(view, "requirements", None)


def set_default_access(view: Callable[..., Any], default: Access) -> None:
    """Give a view the access of its blueprint, unless it declares its own."""
    if requirements_of(view) is None:
        access(default)(view)


def check_declared_access(app: Flask) -> None:
    """Raise ``RuntimeError`` naming every view without declared access; called when the application is built."""
    missing = sorted(name for name, view in app.view_functions.items() if requirements_of(view) is None)
    if missing:
        raise RuntimeError(f"views without declared access: {', '.join(missing)}")


PAGE_ACTOR: ExtensionPoint[Callable[[], Actor]] = ExtensionPoint("page_actor")
API_ACTOR: ExtensionPoint[Callable[[], Actor]] = ExtensionPoint("api_actor")


def request_channel() -> Channel:
    """Return the channel of the request: URLs under ``/api/`` are the API, which never reads the cookie."""
    return Channel.API if request.path.startswith("/api/") else Channel.PAGE


def current_actor() -> Actor:
    """Return the caller of this request, looked up when first asked for and then remembered.

    Raises ``RuntimeError`` outside a request, where an actor must be passed instead.
    """
    if not has_request_context():
        raise RuntimeError("there is no request: pass an actor instead")
    if "actor" not in g:
        recognise = API_ACTOR if request_channel() is Channel.API else PAGE_ACTOR
        g.actor = recognise.implementation()
    actor: Actor = g.actor
    return actor
