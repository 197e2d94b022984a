"""The manifest of the area for people who have confirmed their email and wait for the office to let them in."""

from __future__ import annotations

from portal.core.access import SIGNED_IN
from portal.core.manifest import Feature, Views

feature = Feature(name="waiting", pages=(Views("views", SIGNED_IN),))
