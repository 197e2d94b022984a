"""Made-up people and events for a first start."""

from __future__ import annotations

from portal.core.manifest import Command, Feature

feature = Feature(
    name="demo",
    commands=(Command("seed-demo", "commands:seed_demo"),),
    setup=("setup:seed_demo",),
)
