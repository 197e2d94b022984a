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
        """The hash of the brand's style sheet, which changes with the colour."""
        return colours.version(self.colour)


BRAND: ExtensionPoint[Callable[[], Brand]] = ExtensionPoint("brand")
"""The function that returns the brand in force; the feature ``settings`` implements it."""


def init_app(app: Flask) -> None:
    """Make ``brand()`` available in templates."""
    app.jinja_env.globals["brand"] = brand


def brand() -> Brand:
    """Return the brand in force by the settings of the portal.

    If the database fails, as on an error page, return that of the environment.
    """
    try:
        return BRAND.implementation()
    except SQLAlchemyError:
        environment = settings()
        return Brand(environment.institution_name, environment.brand_color)


@blueprint.get("/brand.css")
@access(ANYONE)
def stylesheet() -> Response:
    """Return the style sheet with the shades of the brand colour.

    Browsers keep it for a year, because its URL names its version.
    """
    return Response(colours.stylesheet(brand().colour), mimetype="text/css", headers={"Cache-Control": IMMUTABLE})


@blueprint.get("/brand.svg")
@access(ANYONE)
def mark() -> Response:
    """Return the logo in the brand colour as SVG, for the browser's tab.

    Browsers keep it for a year, because its URL names its version.
    """
    drawn = MARK.format(colour=brand().colour)
    return Response(drawn, mimetype="image/svg+xml", headers={"Cache-Control": IMMUTABLE})
