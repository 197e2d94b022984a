"""Manifest of the feature ``cities``: the cities of the world, their names, search, and choice in forms."""

from __future__ import annotations

from portal.cities.audit_actions import CityAction
from portal.core.access import MEMBER
from portal.core.manifest import Command, Feature, Views

feature = Feature(
    name="cities",
    pages=(Views("views", MEMBER),),
    api=(Views("api", MEMBER, prefix="/api/v1"),),
    models=("models",),
    commands=(Command("load-cities", "commands:load_cities"),),
    setup=("setup:load_cities",),
    audit_actions=CityAction,
)
