"""Imports every module that declares tables, for migrations and for the test that compares them."""

import portal.accounts.models
import portal.audit.models
import portal.cities.models
import portal.core.security.throttle
import portal.events.models
import portal.files.models
import portal.follows.models
import portal.notifications.models
import portal.outbox.models
import portal.permissions.models
import portal.profiles.models
import portal.settings.models  # noqa: F401 - each import registers tables
