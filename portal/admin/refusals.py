"""Refusals as messages: a conflict means that a colleague was quicker, or that a button was pressed twice."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import flash

from portal.core.errors import Conflict, Invalid
from portal.extensions import db
from portal.web.forms.base import PortalForm


@contextmanager
def flash_conflicts() -> Iterator[None]:
    """Turn a ``Conflict`` that the block raises into a message on the next page, in place of an error page."""
    try:
        yield
    except Conflict as error:
        flash(error.message, "refusal")


@contextmanager
def showing_refusals(form: PortalForm) -> Iterator[None]:
    """Turn an ``Invalid`` that the block raises into an error of the form, and a ``Conflict`` into a message.

    What the block wrote until then is rolled back.
    """
    try:
        with db.session.begin_nested():
            yield
    except Invalid as error:
        form.add_error(error.field, error.message)
    except Conflict as error:
        flash(error.message, "refusal")
