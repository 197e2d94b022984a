"""The offers to undo a decision of the office, with what follows unless it is undone."""

from __future__ import annotations

from flask import flash, url_for
from flask_babel import gettext as _

from portal.accounts.status.reversible import Decided
from portal.audit.services import label_of
from portal.core.access import current_actor
from portal.core.clock import now
from portal.events.services import Reviewed
from portal.undo.services import UNDO_FOR, last_undoable
from portal.web.undo import offer_undo


def offer_undo_of_review(decided: Decided, message: str) -> None:
    """Offer to undo a decision about a registration in the queue; ``message`` says what was decided."""
    url = url_for("admin.undo_review", act_id=decided.act_id)
    offer_undo(message, url, consequence=email_consequence(), within=UNDO_FOR, target="#queue", icon="person-check")


def offer_undo_of_decision(decided: Decided, message: str) -> None:
    """Offer to undo a decision on the page of the person; ``message`` says what was decided.

    Of a decision that cannot be undone it is only said that the email has been sent.
    """
    if decided.act_id is None:
        emailed = _("We have emailed them.")
        flash(f"{message} {emailed}")
        return
    url = url_for("admin_people.undo", act_id=decided.act_id)
    offer_undo(message, url, consequence=email_consequence(), within=UNDO_FOR)


def offer_undo_of_earlier_review() -> None:
    """Offer to undo the viewer's decision before the one just undone, for the seconds that are left of it."""
    act = last_undoable(current_actor(), "account")
    if act is None:
        return
    url = url_for("admin.undo_review", act_id=act.id)
    message = _("Undone. The decision before it can be undone too: %(decision)s.", decision=label_of(act.action))
    left = act.undo_until - now()
    offer_undo(message, url, consequence=email_consequence(), within=left, target="#queue", icon="person-check")


def offer_undo_of_event(reviewed: Reviewed, message: str) -> None:
    """Offer to undo a decision about an event; ``message`` says what was decided."""
    url = url_for("events.undo_decision", act_id=reviewed.act_id)
    offer_undo(message, url, consequence=email_consequence(), within=UNDO_FOR)


def email_consequence() -> str:
    """Return the sentence that says in how many seconds the email leaves, as the undo bar counts them down."""
    return _("The email goes out in {seconds} s.")
