"""What pages on which the office decides say: the offer to undo an act, and what stands against undoing it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from flask import flash
from flask_babel import gettext as _

from portal.core.errors import Conflict, Forbidden, NotFound
from portal.undo.services import UNDO_FOR
from portal.web.undo import offer_undo


def offer_undo_of_act(message: str, url: str, *, within: timedelta = UNDO_FOR, **details: Any) -> None:
    """Offer to undo an act while the email about it waits, with the seconds until it leaves.

    ``message`` says what was done, a form posted to ``url`` undoes it ``within`` that time, and ``details`` are further
    arguments of ``web.undo.offer_undo``.
    """
    offer_undo(message, url, consequence=_("The email goes out in {seconds} s."), within=within, **details)


@contextmanager
def flash_refusals() -> Iterator[None]:
    """Turn a ``Conflict``, ``Forbidden`` or ``NotFound`` of undoing into a message on the next page."""
    try:
        yield
    except (Conflict, Forbidden, NotFound) as error:
        flash(error.message, "refusal")
