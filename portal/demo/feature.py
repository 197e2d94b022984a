"""Made-up people and events for a first start."""

from __future__ import annotations

from portal.core.manifest import Command, Feature
from portal.demo.audit_actions import DemoAction

feature = Feature(
    name="demo",
    commands=(Command("seed-demo", "commands:seed_demo"),),
    setup=("setup:seed_demo",),
    audit_actions=DemoAction,
)
