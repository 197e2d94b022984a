"""Accounts of people: registration, authentication, their own settings, and their status."""

from __future__ import annotations

from datetime import timedelta

from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext

from portal.accounts.audit_actions import AccountAction
from portal.core.access import ANYONE, MEMBER
from portal.core.manifest import Command, Feature, Job, Menu, MenuEntry, Views
from portal.outbox.domain_events import DeliveryFailed
from portal.web.http.sessions import RESOLVE_ACTOR, RESOLVE_SESSION_TOKEN
from portal.web.preferences import PreferenceChosen

feature = Feature(
    name="accounts",
    pages=(
        Views(
            "blueprints:accounts_pages",
            ANYONE,
            also=("registration.views", "authentication.views", "self_service.views"),
        ),
        Views("blueprints:account_pages", MEMBER),
    ),
    api=(
        Views(
            "blueprints:accounts_api",
            ANYONE,
            prefix="/api/v1",
            also=("registration.api", "authentication.api", "self_service.api", "status.api"),
        ),
        Views("blueprints:account_api", MEMBER, prefix="/api/v1"),
    ),
    models=("models", "status.models"),
    messages=("messages",),
    settings=("settings",),
    jobs=(Job("accounts.purge", "jobs:purge", timedelta(hours=1)),),
    commands=(
        Command("create-admin", "commands:create_admin"),
        Command("remove-second-step", "commands:remove_second_step"),
    ),
    menu=(
        MenuEntry(_("Sign in"), "accounts.login", {Menu.VISITOR: 10}),
        MenuEntry(lazy_pgettext("header", "Register"), "accounts.register", {Menu.VISITOR: 20}),
        MenuEntry(_("Account"), "account.settings", {Menu.PERSONAL: 40}, icon="gear"),
        MenuEntry(
            _("Account"),
            "account.settings",
            {Menu.SETTINGS: 20},
            covers=("account.change_address", "account.confirm_address"),
        ),
        MenuEntry(_("Security"), "account.security", {Menu.PERSONAL: 60}, icon="shield-lock"),
        MenuEntry(
            _("Security"),
            "account.security",
            {Menu.SETTINGS: 30},
            covers=("account.prove", "account.password", "account.authenticator", "account.renew_recovery_codes"),
        ),
    ),
    event_handlers={
        PreferenceChosen: ("self_service.preferences:remember_preference",),
        DeliveryFailed: ("authentication.codes:restore_cool_down",),
    },
    implements={
        RESOLVE_ACTOR: "authentication.callers:resolve_actor",
        RESOLVE_SESSION_TOKEN: "authentication.callers:resolve_session_token",
    },
    setup=("setup:create_administrator",),
    audit_actions=AccountAction,
)
