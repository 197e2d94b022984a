"""The states of content that the office reviews, and the moves between them."""

from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _

from portal.core.errors import Conflict


class Approval(StrEnum):
    """``declined`` content is visible to its owner and the office only, as ``pending`` is."""

    PENDING = "pending"
    APPROVED = "approved"
    DECLINED = "declined"


MOVES: dict[Approval, frozenset[Approval]] = {
    Approval.PENDING: frozenset({Approval.APPROVED, Approval.DECLINED}),
    Approval.APPROVED: frozenset({Approval.DECLINED, Approval.PENDING}),
    Approval.DECLINED: frozenset({Approval.APPROVED, Approval.PENDING}),
}

WIRE: dict[Approval, bool | None] = {Approval.PENDING: None, Approval.APPROVED: True, Approval.DECLINED: False}


def check_move(current: Approval, wanted: Approval) -> None:
    """Refuse a move that the table of moves does not know (a repeated decision above all).

    Raises ``Conflict`` with code ``already_<state>``.
    """
    if wanted not in MOVES[current]:
        raise Conflict(f"already_{wanted}", _("This has already been decided. Reload the page to see the decision."))
