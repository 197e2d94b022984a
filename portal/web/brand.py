"""Brand of the institution: name, logo and colour, from the settings or the environment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, Flask, Response
from sqlalchemy.exc import SQLAlchemyError

from portal.core.access import ANYONE, access
from portal.core.environment import settings
from portal.core.extension_points import ExtensionPoint
from portal.web import colours

IMMUTABLE = "public, max-age=31536000, immutable"
MARK = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 22 22"><rect width="22" height="22" rx="6" fill="{colour}"/>'
    '<rect x="6" y="6" width="10" height="10" rx="2" fill="#fff"/></svg>'
)

blueprint = Blueprint("brand", __name__)


@dataclass(frozen=True, slots=True)
class Brand:
    """Name and colour of the institution; ``version`` is in the URLs of logo and style sheet and changes with them."""

    name: str
    colour: str

    @property
    def version(self) -> str:
        return colours.version(self.colour)


BRAND: ExtensionPoint[Callable[[], Brand]] = ExtensionPoint("brand")
"""Reads the name and the colour that are in force; settings implement it."""


def init_app(app: Flask) -> None:
    """Make ``brand()`` available in templates."""
    app.jinja_env.globals["brand"] = brand


def brand() -> Brand:
    """Return the brand of the settings, or of the environment if the database is unavailable, on an error page."""
    try:
        return BRAND.implementation()
    except SQLAlchemyError:
        environment = settings()
        return Brand(environment.institution_name, environment.brand_color)


@blueprint.get("/brand.css")
@access(ANYONE)
def stylesheet() -> Response:
    """Return the shades of the colour as CSS; its URL names their version, so that it may be cached for ever."""
    return Response(colours.stylesheet(brand().colour), mimetype="text/css", headers={"Cache-Control": IMMUTABLE})


@blueprint.get("/brand.svg")
@access(ANYONE)
def mark() -> Response:
    """Return the logo as SVG, for the browser's tab."""
    drawn = MARK.format(colour=brand().colour)
    return Response(drawn, mimetype="image/svg+xml", headers={"Cache-Control": IMMUTABLE})
