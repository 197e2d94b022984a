"""The browser's door: Flask-Login keeps the id of the sign-in, the database says whether it still counts."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace

import flask
import flask_login
from flask import Flask, Request, Response, current_app, g, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin

from portal.core.access import set_actor_resolver
from portal.core.actor import Actor, Channel
from portal.extensions import login_manager
from portal.web.http.request_setup import shortened_network

ResolveActor = Callable[[uuid.UUID, Channel], Actor | None]
ResolveToken = Callable[[str], Actor | None]


def init_app(app: Flask, resolve_actor: ResolveActor, resolve_token: ResolveToken) -> None:
    """Both resolvers belong to a higher room and are handed in: one query from a sign-in to its actor."""
    app.session_interface = CookieSessions()
    app.extensions["resolve_actor"], app.extensions["resolve_token"] = resolve_actor, resolve_token
    # Flask-Login's stubs know neither value, its documentation both.
    login_manager.session_protection = None  # type: ignore[assignment]  # see above
    login_manager.anonymous_user = lambda: anonymous(Channel.PAGE)  # type: ignore[assignment, return-value]  # see above
    login_manager.user_loader(lambda session_id: load_actor(session_id, Channel.PAGE))
    set_actor_resolver(Channel.PAGE, lambda: flask_login.current_user._get_current_object())


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
        actor: Actor | None = current_app.extensions["resolve_actor"](uuid.UUID(session_id), channel)
    except ValueError:
        return None
    return actor and at_hand(actor)


def load_actor_by_token(token: str) -> Actor | None:
    """The same for the session token of an API sign-in."""
    actor: Actor | None = current_app.extensions["resolve_token"](token)
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
