"""Blueprints of the account pages and endpoints; the sub-packages add their views to them."""

from __future__ import annotations

from flask import Blueprint

accounts_pages = Blueprint("accounts", __name__)
"""Pages for people who are not signed in: registering, signing in, resetting a password."""

account_pages = Blueprint("account", __name__)
"""Pages of one's own account."""

accounts_api = Blueprint("accounts_api", __name__)
"""Endpoints for clients that are not signed in."""

account_api = Blueprint("account_api", __name__)
"""Endpoints of one's own account."""
