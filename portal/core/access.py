"""Access to views, declared on every view and checked before it runs; without it the application refuses to start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, g, has_request_context, request
from flask_babel import lazy_gettext as _

from portal.core.actor import Actor, Channel
from portal.core.errors import Forbidden, ReauthenticationNeeded, Unauthenticated, WaitingForOffice
from portal.core.extension_points import ExtensionPoint

View = TypeVar("View", bound=Callable[..., Any])

FORM_CAP = 64 * 1024
TEXT_CAP = 512 * 1024
PICTURE_CAP = 15 * 1024 * 1024
UPLOAD_CAP = 10 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Access:
    """The demand of a view on its caller: anyone, somebody signed in, a member, recent authentication, a permission."""

    name: str
    permission: str | None = None

    def check(self, actor: Actor) -> None:
        """Raise an error unless the actor has this access; ``ANYONE`` admits every actor.

        Raise ``Unauthenticated`` for an actor who is not signed in, ``WaitingForOffice`` for one who waits for the
        office where more than ``SIGNED_IN`` is demanded, ``ReauthenticationNeeded`` where ``RECENT_AUTH`` is demanded
        and missing, and ``Forbidden`` for a missing permission: with the code ``second_factor_needed`` if the actor
        would hold permissions after turning a second factor on, else with ``not_permitted``.
        """
        if self == ANYONE:
            return
        if not actor.is_authenticated:
            raise Unauthenticated("not_signed_in", _("Sign in to continue."))
        if actor.is_waiting and self != SIGNED_IN:
            raise WaitingForOffice("waiting_for_office", WAITING_FOR_OFFICE)
        if self == RECENT_AUTH:
            check_recent_auth(actor)
        if self.permission is not None and not actor.may(self.permission):
            if actor.needs_second_factor:
                raise Forbidden("second_factor_needed", SECOND_FACTOR_NEEDED)
            raise Forbidden("not_permitted", _("You do not have permission to do this."))


ANYONE = Access("anyone")
SIGNED_IN = Access("signed_in")
"""Members, and people who wait for the office to let them in; everything else is closed to the latter."""
MEMBER = Access("member")
RECENT_AUTH = Access("recent_auth")

WAITING_FOR_OFFICE = _("This opens once the alumni office has let you in.")
SECOND_FACTOR_NEEDED = _("The alumni office requires two-step verification. Turn it on under “Security” first.")


def check_recent_auth(actor: Actor) -> None:
    """Raise ``ReauthenticationNeeded`` unless the actor has authenticated within ``RECENT_AUTH_LIFETIME``.

    Signing in counts. The system never has to. Clients of the API may know no other way than to sign in again, which
    their sentence says.
    """
    if actor.system or actor.has_recent_auth:
        return
    if actor.channel is Channel.API:
        raise ReauthenticationNeeded(
            "prove_again", _("You signed in a while ago. Sign out, sign in again and repeat this.")
        )
    raise ReauthenticationNeeded("prove_again", _("Confirm it's you, then continue."))


def holds(permission: str) -> Access:
    """Return the ``Access`` that admits only signed-in actors who hold ``permission``."""
    return Access("permission", str(permission))


@dataclass(frozen=True, slots=True)
class Requirements:
    """The requirements that a view declares: its access, and the largest request body in bytes.

    ``picture`` is the key of the JSON body that holds a picture; the rest of such a body must be within ``FORM_CAP``.
    """

    access: Access
    body_cap: int = FORM_CAP
    picture: str | None = None


def access(required: Access, *, body_cap: int = FORM_CAP) -> Callable[[View], View]:
    """Return a decorator that declares the access of a page view and its largest request body in bytes.

    The declaration is kept as ``view.requirements``; the view itself is returned unchanged.
    """

    def mark(view: View) -> View:
        view.requirements = Requirements(required, body_cap)  # type: ignore[attr-defined]  # functions take attributes
        return view

    return mark


def requirements_of(view: Callable[..., Any]) -> Requirements | None:
    """Return the ``Requirements`` that a view declares, or ``None`` if it declares none."""
    return getattr(view, "requirements", None)


def set_default_access(view: Callable[..., Any], default: Access) -> None:
    """Declare ``default`` as the access of a view, with the body cap ``FORM_CAP``, unless the view declares its own."""
    if requirements_of(view) is None:
        access(default)(view)


def check_declared_access(app: Flask) -> None:
    """Raise ``RuntimeError`` naming every view that declares no access; called when the application is built."""
    missing = sorted(name for name, view in app.view_functions.items() if requirements_of(view) is None)
    if missing:
        raise RuntimeError(f"views without declared access: {', '.join(missing)}")


PAGE_ACTOR: ExtensionPoint[Callable[[], Actor]] = ExtensionPoint("page_actor")
API_ACTOR: ExtensionPoint[Callable[[], Actor]] = ExtensionPoint("api_actor")


def request_channel() -> Channel:
    """Return the channel of the current request: ``API`` for URLs under ``/api/``, else ``PAGE``."""
    return Channel.API if request.path.startswith("/api/") else Channel.PAGE


def current_actor() -> Actor:
    """Return the actor of the current request, resolved at the first call and then kept for the request.

    The API resolves it by the bearer token alone, pages by the session cookie; without a valid one it is anonymous.
    Raise ``RuntimeError`` outside a request, where an actor must be passed instead.
    """
    if not has_request_context():
        raise RuntimeError("there is no request: pass an actor instead")
    kept = g._get_current_object()  # once, because each use of the proxy takes longer than all else here
    if "actor" not in kept:
        recognise = API_ACTOR if request_channel() is Channel.API else PAGE_ACTOR
        kept.actor = recognise.implementation()
    actor: Actor = kept.actor
    return actor
