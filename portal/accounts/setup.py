"""Preparation of the database before the first request."""

from __future__ import annotations

from config import Settings
from portal.accounts.status import administrator
from portal.core.actor import Channel, system_actor


def create_administrator(settings: Settings) -> None:
    """Create the administrator of ``ADMIN_EMAIL`` and ``ADMIN_PASSWORD``, unless the email has an account.

    Nothing happens without ``ADMIN_EMAIL``. Raise ``Invalid`` for an email or a password that registration would
    refuse.
    """
    if settings.admin_email:
        password = settings.admin_password.get_secret_value()
        administrator.create(system_actor(Channel.COMMAND), settings.admin_email, password)
