"""Sessions of browsers: Flask-Login keeps the session's id in the cookie, the database says whether it is valid."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace

import flask
import flask_login
from flask import g, request

from portal.core.actor import Actor, Channel
from portal.core.extension_points import ExtensionPoint
from portal.extensions import login_manager
from portal.web.http.request_setup import shortened_network

RESOLVE_ACTOR: ExtensionPoint[Callable[[uuid.UUID, Channel], Actor | None]] = ExtensionPoint("resolve_actor")
RESOLVE_SESSION_TOKEN: ExtensionPoint[Callable[[str], Actor | None]] = ExtensionPoint("resolve_session_token")


def init_app() -> None:
    """Have Flask-Login recognise people by the id of their session."""
    # Both values are documented, but not in Flask-Login's types.
    login_manager.session_protection = None  # type: ignore[assignment]  # see above
    login_manager.anonymous_user = lambda: anonymous(Channel.PAGE)  # type: ignore[assignment, return-value]  # see above
    login_manager.user_loader(lambda session_id: load_actor(session_id, Channel.PAGE))


def page_actor() -> Actor:
    """Return the caller by the cookie: the anonymous actor if it names no valid session."""
    actor: Actor = flask_login.current_user._get_current_object()
    return actor


def load_actor(session_id: str, channel: Channel) -> Actor | None:
    """Return the actor of a valid session, or ``None``; malformed ids are no error."""
    try:
        actor: Actor | None = RESOLVE_ACTOR.implementation(uuid.UUID(session_id), channel)
    except ValueError:
        return None
    return actor and with_request_data(actor)


def load_actor_by_token(token: str) -> Actor | None:
    """Return the actor of the valid API session with this session token, or ``None``."""
    actor: Actor | None = RESOLVE_SESSION_TOKEN.implementation(token)
    return actor and with_request_data(actor)


def with_request_data(actor: Actor) -> Actor:
    """Return the actor with the network and the id of this request."""
    return replace(actor, network=shortened_network(request.remote_addr), request_id=g.request_id)


def anonymous(channel: Channel) -> Actor:
    """Return an anonymous actor with the channel and network that audit and limits need."""
    return Actor(channel=channel, network=shortened_network(request.remote_addr), request_id=g.request_id)


def start_browser_session(actor: Actor) -> None:
    """Sign the browser in as ``actor``, whose session the cookie then names; its former content is dropped."""
    flask.session.clear()
    flask.session.permanent = True
    flask_login.login_user(actor)
    g.actor = actor


def end_browser_session() -> None:
    """Sign the browser out by emptying its cookie; the session itself is ended by its service."""
    flask.session.clear()
    g.actor = anonymous(Channel.PAGE)
