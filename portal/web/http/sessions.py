"""The browser's door: Flask-Login keeps the id of the sign-in, the database says whether it still counts."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace

import flask
import flask_login
from flask import Flask, Request, Response, g, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin

from portal.core.actor import Actor, Channel
from portal.core.extension_points import ExtensionPoint
from portal.extensions import login_manager
from portal.web.http.request_setup import shortened_network

RESOLVE_ACTOR: ExtensionPoint[Callable[[uuid.UUID, Channel], Actor | None]] = ExtensionPoint("resolve_actor")
RESOLVE_SESSION_TOKEN: ExtensionPoint[Callable[[str], Actor | None]] = ExtensionPoint("resolve_session_token")


def init_app(app: Flask) -> None:
    """Have Flask-Login recognise people by the id of their sign-in."""
    app.session_interface = CookieSessions()
    # Flask-Login's stubs know neither value, its documentation both.
    login_manager.session_protection = None  # type: ignore[assignment]  # see above
    login_manager.anonymous_user = lambda: anonymous(Channel.PAGE)  # type: ignore[assignment, return-value]  # see above
    login_manager.user_loader(lambda session_id: load_actor(session_id, Channel.PAGE))


def page_actor() -> Actor:
    """Return who makes this request by the cookie; somebody anonymous where it names no sign-in that counts."""
    actor: Actor = flask_login.current_user._get_current_object()
    return actor


class CookieSessions(SecureCookieSessionInterface):
    """Flask's signed cookie; whoever sends none costs no signature check, which is every client of the API."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """A session that nobody has asked for is as it came."""
        if session.accessed or session.modified:
            super().save_session(app, session, response)


def load_actor(session_id: str, channel: Channel) -> Actor | None:
    """The actor of a sign-in that still counts; malformed ids are nobody."""
    try:
        actor: Actor | None = RESOLVE_ACTOR.implementation(uuid.UUID(session_id), channel)
    except ValueError:
        return None
    return actor and at_hand(actor)


def load_actor_by_token(token: str) -> Actor | None:
    """The same for the session token of an API sign-in."""
    actor: Actor | None = RESOLVE_SESSION_TOKEN.implementation(token)
    return actor and at_hand(actor)


def at_hand(actor: Actor) -> Actor:
    """The actor with what only the request knows."""
    return replace(actor, network=shortened_network(request.remote_addr), request_id=g.request_id)


def anonymous(channel: Channel) -> Actor:
    """Nobody in particular, but with the door and address that audit and limits need."""
    return Actor(channel=channel, network=shortened_network(request.remote_addr), request_id=g.request_id)


def enter(actor: Actor) -> None:
    """Let the browser carry the sign-in of ``actor``; whatever the cookie held before is dropped."""
    flask.session.clear()
    flask.session.permanent = True
    flask_login.login_user(actor)
    g.actor = actor


def leave() -> None:
    """Forget the sign-in in the browser."""
    flask.session.clear()
    g.actor = anonymous(Channel.PAGE)
