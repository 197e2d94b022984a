"""The features of the portal, in order: each may import those above it, and none below."""

from __future__ import annotations

FEATURES: tuple[str, ...] = (
    "core",
    "web",
    "api",
    "audit",
    "settings",
    "outbox",
    "undo",
    "permissions",
    "texts",
    "accounts",
    "notifications",
    "files",
    "cities",
    "profiles",
    "directory",
    "follows",
    "events",
    "waiting",
    "alumni_map",
    "home",
    "admin",
    "health",
    "dev",
    "demo",
)
