"""Whose portal this is: name, mark and colour, as the settings page or the environment say."""

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
    """``version`` is part of the addresses of mark and stylesheet, so that a new colour shows at once."""

    name: str
    colour: str

    @property
    def version(self) -> str:
        return colours.version(self.colour)


BRAND: ExtensionPoint[Callable[[], Brand]] = ExtensionPoint("brand")
"""Reads the name and the colour that are in force; settings implement it."""


def init_app(app: Flask) -> None:
    """Let every template ask for the brand."""
    app.jinja_env.globals["brand"] = brand


def brand() -> Brand:
    """As the settings page says; as the environment says while the database cannot be asked, on an error page."""
    try:
        return BRAND.implementation()
    except SQLAlchemyError:
        environment = settings()
        return Brand(environment.institution_name, environment.brand_color)


@blueprint.get("/brand.css")
@access(ANYONE)
def stylesheet() -> Response:
    """The colour's derived steps; the address names their version, so it can be kept for ever."""
    return Response(colours.stylesheet(brand().colour), mimetype="text/css", headers={"Cache-Control": IMMUTABLE})


@blueprint.get("/brand.svg")
@access(ANYONE)
def mark() -> Response:
    """The mark, for the browser's tab."""
    drawn = MARK.format(colour=brand().colour)
    return Response(drawn, mimetype="image/svg+xml", headers={"Cache-Control": IMMUTABLE})
