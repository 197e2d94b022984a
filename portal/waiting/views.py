"""The pages of somebody who waits for the office: what happens next, and the answer to its question."""

from __future__ import annotations

from flask import Blueprint, Response, flash
from flask_babel import gettext as _

from portal.accounts.status import questions, registrations
from portal.core.access import SIGNED_IN, access, current_actor
from portal.waiting import queries
from portal.waiting.forms import AnswerForm
from portal.web.http.responses import render, see_other

blueprint = Blueprint("waiting", __name__)


@blueprint.get("/waiting")
@access(SIGNED_IN)
def index() -> Response:
    """Show somebody who waits for the office since when, and what happens next; redirect members to their home page."""
    if not current_actor().is_waiting:
        return see_other("home.index")
    return render("waiting/index.html", waiting=queries.waiting_page(current_actor()))


@blueprint.route("/waiting/answer", methods=["GET", "POST"])
@access(SIGNED_IN)
def answer() -> Response:
    """Show the question of the office and the form for the answer, and store the answer when it is submitted.

    The emailed question leads here; once it is answered, or withdrawn, the browser is redirected.
    """
    question, form = questions.open_question(current_actor().id), AnswerForm()
    if question is None or not current_actor().is_waiting:
        return see_other("waiting.index")
    if form.validate_on_submit():
        with form.catching():
            registrations.answer(current_actor(), question.id, form.answer.data)
            flash(_("Your answer is with the alumni office."))
            return see_other("waiting.index")
    return render("waiting/answer.html", form=form, question=question, status=form.status)
