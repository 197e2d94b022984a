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
    """Configure Flask-Login to recognise people by the id of their session."""
    # Both values are documented, but not in Flask-Login's types.
    login_manager.session_protection = None  # type: ignore[assignment]  # see above
    login_manager.anonymous_user = lambda: anonymous(Channel.PAGE)  # type: ignore[assignment, return-value]  # see above
    login_manager.user_loader(lambda session_id: load_actor(session_id, Channel.PAGE))


def page_actor() -> Actor:
    """Return the actor whom the cookie of the request names, or an anonymous one if it names no valid session."""
    actor: Actor = flask_login.current_user._get_current_object()
    return actor


def load_actor(session_id: str, channel: Channel) -> Actor | None:
    """Return the actor of the session with this id on ``channel``, with the network and id of the request.

    Return ``None`` if there is no valid session with the id, or it is malformed.
    """
    try:
        actor: Actor | None = RESOLVE_ACTOR.implementation(uuid.UUID(session_id), channel)
    except ValueError:
        return None
    return actor and with_request_data(actor)


def load_actor_by_token(token: str) -> Actor | None:
    """Return the actor of the valid API session with this session token, or ``None``.

    The actor has the network and id of the request.
    """
    actor: Actor | None = RESOLVE_SESSION_TOKEN.implementation(token)
    return actor and with_request_data(actor)


def with_request_data(actor: Actor) -> Actor:
    """Return a copy of the actor with the caller's network and the id of the current request."""
    return replace(actor, network=shortened_network(request.remote_addr), request_id=g.request_id)


def anonymous(channel: Channel) -> Actor:
    """Return an anonymous actor on ``channel``, with the caller's network and the id of the current request."""
    return Actor(channel=channel, network=shortened_network(request.remote_addr), request_id=g.request_id)


def start_browser_session(actor: Actor) -> None:
    """Sign the browser in: empty its cookie, then store the id of the actor's existing session in it.

    ``actor`` is the actor of the rest of the request.
    """
    flask.session.clear()
    flask.session.permanent = True
    flask_login.login_user(actor)
    g.actor = actor


def end_browser_session() -> None:
    """Sign the browser out by emptying its cookie and its cache, so that the rest of the request is anonymous.

    The session itself goes on until a service ends it.
    """
    flask.session.clear()
    g.actor = anonymous(Channel.PAGE)
    flask.after_this_request(clear_cache)


def clear_cache(response: flask.Response) -> flask.Response:
    """Return the response with the header that has the browser forget the pages that it keeps for going back."""
    response.headers["Clear-Site-Data"] = '"cache"'
    return response
