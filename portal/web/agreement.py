"""The privacy notice before any page of a signed-in person, until they have agreed to the version in force.

Which version a browser has agreed to is remembered in its signed cookie, so that only a new session, or a new version,
asks the database.
"""

from __future__ import annotations

from collections.abc import Callable

import flask
from flask import request, url_for

from portal.core.access import ANYONE, Access, request_channel
from portal.core.actor import Actor, Channel
from portal.core.extension_points import ExtensionPoint
from portal.web.http.responses import is_htmx

KEY = "privacy_version"


def _always(_actor: Actor) -> bool:
    return True


def _no_version() -> int:
    return 0


AGREEMENT: ExtensionPoint[Callable[[Actor], bool]] = ExtensionPoint("agreement", _always)
"""Returns whether the signed-in actor has agreed to the privacy notice in force."""

NOTICE_VERSION: ExtensionPoint[Callable[[], int]] = ExtensionPoint("notice_version", _no_version)
"""Returns the version of the privacy notice in force."""


def url_of_notice(access: Access, actor: Actor) -> str | None:
    """Return the URL of the page that asks the actor to agree, or ``None`` if they may go on to the requested one.

    Only visits of whole pages that are not open to ``ANYONE`` are stopped, and never the API, so that no client breaks.
    """
    if access == ANYONE or not is_visit() or request.blueprint == "texts":
        return None
    version = NOTICE_VERSION.implementation()
    if flask.session.get(KEY) == version:
        return None
    if AGREEMENT.implementation(actor):
        flask.session[KEY] = version
        return None
    return url_for("texts.agree", next=request.full_path.rstrip("?"))


def is_visit() -> bool:
    """Return whether a browser opens a whole page, rather than a part of one, a picture or data for a script."""
    is_navigation = request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"
    is_page = request_channel() is Channel.PAGE and request.blueprint != "media"
    return request.method == "GET" and is_page and is_navigation and not is_htmx()
