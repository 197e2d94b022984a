"""The offers to undo a decision of the office, with what follows unless it is undone."""

from __future__ import annotations

from flask import flash, url_for
from flask_babel import gettext as _

from portal.accounts.status.reversible import Decided
from portal.audit.services import label_of
from portal.core.access import current_actor
from portal.core.clock import now
from portal.events.services import Reviewed
from portal.undo.offers import offer_undo_of_act
from portal.undo.services import last_undoable


def offer_undo_of_review(decided: Decided, message: str) -> None:
    """Offer to undo a decision about a registration in the queue; ``message`` says what was decided."""
    url = url_for("admin.undo_review", act_id=decided.act_id)
    offer_undo_of_act(message, url, target="#queue", icon="person-check")


def offer_undo_of_decision(decided: Decided, message: str) -> None:
    """Offer to undo a decision on the page of the person; ``message`` says what was decided.

    Of a decision that cannot be undone it is only said that the email has been sent.
    """
    if decided.act_id is None:
        emailed = _("We have emailed them.")
        flash(f"{message} {emailed}")
        return
    url = url_for("admin_people.undo", act_id=decided.act_id)
    offer_undo_of_act(message, url)


def offer_undo_of_earlier_review() -> None:
    """Offer to undo the viewer's decision before the one just undone, for the seconds that are left of it."""
    act = last_undoable(current_actor(), "account")
    if act is None:
        return
    url = url_for("admin.undo_review", act_id=act.id)
    message = _("Undone. The decision before it can be undone too: %(decision)s.", decision=label_of(act.action))
    offer_undo_of_act(message, url, within=act.undo_until - now(), target="#queue", icon="person-check")


def offer_undo_of_event(reviewed: Reviewed, message: str) -> None:
    """Offer to undo a decision about an event; ``message`` says what was decided."""
    offer_undo_of_act(message, url_for("events.undo_decision", act_id=reviewed.act_id))
