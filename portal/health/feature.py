"""Health checks and metrics, for machines."""

from __future__ import annotations

from portal.core.access import ANYONE
from portal.core.manifest import Feature, Views

feature = Feature(
    name="health",
    pages=(Views("views", ANYONE),),
)
