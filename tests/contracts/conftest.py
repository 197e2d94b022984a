"""An application for the checks that look at its parts."""

from __future__ import annotations

import pytest

from portal import create_app
from portal.application import PortalFlask
from tests.support import databases


@pytest.fixture(scope="session")
def whole_app(tmp_path_factory: pytest.TempPathFactory) -> PortalFlask:
    """Return the application with every blueprint, those for development too; it has no database."""
    return create_app(databases.settings_for("no_database", tmp_path_factory.mktemp("instance")))
