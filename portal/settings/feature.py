"""Settings that the office changes while the portal runs."""

from __future__ import annotations

from portal.core.manifest import Feature
from portal.settings.audit_actions import SettingAction
from portal.web.brand import BRAND

feature = Feature(
    name="settings",
    models=("models",),
    settings=("institution",),
    implements={BRAND: "institution:brand"},
    audit_actions=SettingAction,
)
