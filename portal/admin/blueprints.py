"""Blueprints of the alumni office's pages and endpoints; the sub-packages add their views to them."""

from __future__ import annotations

from flask import Blueprint

admin = Blueprint("admin", __name__)
"""Pages of the overview, the reviews, the allow list, the settings and the outbox."""

admin_people = Blueprint("admin_people", __name__)
"""Pages about people."""

admin_api = Blueprint("admin_api", __name__)
"""Endpoints for reviews, the allow list and settings."""

admin_people_api = Blueprint("admin_people_api", __name__)
"""Endpoints about people."""
