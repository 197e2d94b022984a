"""Changes of the texts by the alumni office."""

from __future__ import annotations

from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email
from flask_babel import lazy_gettext as _
from sqlalchemy import func, select

from portal.audit.services import record
from portal.core.access import check_recent_auth
from portal.core.actor import Actor
from portal.core.emails import clean
from portal.core.errors import Conflict, Forbidden, Invalid
from portal.core.text import is_blank
from portal.extensions import db
from portal.permissions.catalogue import Permission
from portal.settings import registry
from portal.settings import services as settings
from portal.texts import queries
from portal.texts.audit_actions import TextAction
from portal.texts.models import TEXT_MAX, StoredText, TextKind
from portal.texts.settings import CONTACT_EMAIL, PRIVACY_VERSION


@dataclass(frozen=True, slots=True)
class TextChange:
    """A change of a text; ``replaced`` is the id of the stored text on which it is based, empty for the default.

    With ``asks_again`` the privacy notice gets a new version, to which everybody is asked to agree. ``contact_email``
    is the new email of the office, ``None`` to keep it.
    """

    kind: TextKind
    english: str
    russian: str
    replaced: str
    asks_again: bool = False
    contact_email: str | None = None


def change_text(actor: Actor, change: TextChange) -> None:
    """Store a text in both languages, with an audit entry; nothing is stored of what has not changed.

    Raise ``Forbidden`` without the permission, ``ReauthenticationNeeded`` without a recent authentication,
    ``Invalid`` naming the field for a text that is empty or too long, and ``Conflict`` if a colleague has changed the
    text meanwhile.
    """
    if not actor.may(Permission.SETTINGS_CHANGE):
        raise Forbidden("not_permitted", _("You do not have permission to do this."))
    check_recent_auth(actor)
    for field, text in (("english", change.english), ("russian", change.russian)):
        check_text(field, text)
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"texts:{change.kind}"))))
    before = queries.current(change.kind)
    if str(before.id or "") != change.replaced:
        raise Conflict("changed_since", _("A colleague has changed this text meanwhile. Reload the page to see it."))
    if change.contact_email is not None and change.contact_email != registry.get(CONTACT_EMAIL):
        settings.change(actor, CONTACT_EMAIL, checked_email(change.contact_email))
    asks_again = change.asks_again and change.kind is TextKind.PRIVACY
    if (before.english.strip(), before.russian.strip()) == (change.english, change.russian) and not asks_again:
        return
    version = registry.read().value(PRIVACY_VERSION) + asks_again
    values = {"english": change.english, "russian": change.russian, "version": version}
    db.session.add(StoredText(kind=change.kind.value, created_by=actor.account_id, **values))
    record(actor, TextAction.CHANGE, target=("text", change.kind.value), version=version, asks_again=asks_again)
    if asks_again:
        settings.change(actor, PRIVACY_VERSION, version)


def checked_email(typed: str) -> str:
    """Return the email of the office as it was meant; raise ``Invalid`` on ``contact_email`` if it is not an email."""
    try:
        return validate_email(clean(typed), check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError:
        message = _("This is not an email address. Check it for typos.")
        raise Invalid("bad_address", message, field="contact_email") from None


def check_text(field: str, text: str) -> None:
    """Raise ``Invalid`` on ``field`` for a text with nothing to read or longer than ``TEXT_MAX``."""
    if is_blank(text):
        raise Invalid("missing", _("Write the text in this language."), field=field)
    if len(text) > TEXT_MAX:
        raise Invalid("too_long", _("Use at most %(most)s characters.", most=TEXT_MAX), field=field)
