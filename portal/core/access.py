"""Who may enter a view: declared on every one, checked before it runs, refused at start where it is missing."""

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
    """A gate: anyone, a signed-in member in good standing, one who proved so just now, or who holds a permission."""

    name: str
    permission: str | None = None

    def check(self, actor: Actor) -> None:
        """Raise ``Unauthenticated``, ``ReauthenticationNeeded`` or ``Forbidden`` unless the actor may enter."""
        if self == ANYONE:
            return
        if not actor.is_authenticated:
            raise Unauthenticated("not_signed_in", _("Sign in to continue."))
        if self == RECENT_AUTH:
            check_recent_auth(actor)
        if self.permission is not None and not actor.may(self.permission):
            if actor.owes_second_factor:
                raise Forbidden("second_factor_needed", SECOND_FACTOR_NEEDED)
            raise Forbidden("not_permitted", _("You do not have permission to do this."))


ANYONE = Access("anyone")
MEMBER = Access("member")
RECENT_AUTH = Access("proven")

SECOND_FACTOR_NEEDED = _("The alumni office requires two-step verification. Turn it on under “Security” first.")


def check_recent_auth(actor: Actor) -> None:
    """Raise ``ReauthenticationNeeded`` unless the person has proved just now who they are."""
    if not actor.has_recent_auth:
        raise ReauthenticationNeeded("prove_again", _("Confirm it's you, then continue."))


def holds(permission: str) -> Access:
    """The gate for members who hold ``permission``."""
    return Access("permission", str(permission))


@dataclass(frozen=True, slots=True)
class Gate:
    """What a view declares: who may enter, and how many bytes of body they may bring.

    ``picture`` is the key of a JSON body that holds a picture; what is beside it must be within ``FORM_CAP``.
    """

    access: Access
    body_cap: int = FORM_CAP
    picture: str | None = None


def access(required: Access, *, body_cap: int = FORM_CAP) -> Callable[[View], View]:
    """Declare a page view's access and the largest request body it takes, in bytes."""

    def mark(view: View) -> View:
        view.gate = Gate(required, body_cap)  # type: ignore[attr-defined]  # functions take attributes
        return view

    return mark


def gate_of(view: Callable[..., Any]) -> Gate | None:
    """The declared gate, or ``None`` where the author forgot it."""
    return getattr(view, "gate", None)


def set_default_access(view: Callable[..., Any], default: Access) -> None:
    """Give a view the access of its blueprint, unless it declares its own."""
    if gate_of(view) is None:
        access(default)(view)


def refuse_undeclared_views(app: Flask) -> None:
    """Raise ``RuntimeError`` naming every view without declared access; called when the application is built."""
    missing = sorted(name for name, view in app.view_functions.items() if gate_of(view) is None)
    if missing:
        raise RuntimeError(f"views without declared access: {', '.join(missing)}")


PAGE_ACTOR: ExtensionPoint[Callable[[], Actor]] = ExtensionPoint("page_actor")
API_ACTOR: ExtensionPoint[Callable[[], Actor]] = ExtensionPoint("api_actor")


def request_channel() -> Channel:
    """Pages never look at the bearer, the API never at the cookie."""
    return Channel.API if request.path.startswith("/api/") else Channel.PAGE


def current_actor() -> Actor:
    """Who makes this request; looked up at most once, and only if somebody asks."""
    if not has_request_context():
        raise RuntimeError("there is no request: pass an actor instead")
    if "actor" not in g:
        recognise = API_ACTOR if request_channel() is Channel.API else PAGE_ACTOR
        g.actor = recognise.implementation()
    actor: Actor = g.actor
    return actor
