"""The approval states of content that the office reviews, and the transitions between them."""

from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _

from portal.core.errors import Conflict


class Approval(StrEnum):
    """State of reviewed content; only its owner and the office see what is ``pending`` or ``declined``."""

    PENDING = "pending"
    APPROVED = "approved"
    DECLINED = "declined"


TRANSITIONS: dict[Approval, frozenset[Approval]] = {
    Approval.PENDING: frozenset({Approval.APPROVED, Approval.DECLINED}),
    Approval.APPROVED: frozenset({Approval.DECLINED, Approval.PENDING}),
    Approval.DECLINED: frozenset({Approval.APPROVED, Approval.PENDING}),
}

LEGACY_VALUES: dict[Approval, bool | None] = {Approval.PENDING: None, Approval.APPROVED: True, Approval.DECLINED: False}
"""The values that legacy clients send and receive for the states."""


def check_transition(current: Approval, target: Approval) -> None:
    """Raise ``Conflict`` with code ``already_<target>`` unless ``TRANSITIONS`` allows the change of state.

    So of two equal decisions at once the second is refused.
    """
    if target not in TRANSITIONS[current]:
        raise Conflict(f"already_{target}", _("This has already been decided. Reload the page to see the decision."))
