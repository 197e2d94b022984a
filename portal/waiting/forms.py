"""The form for the answer to a question of the office."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import TextAreaField
from wtforms.validators import DataRequired

from portal.accounts.status.models import ANSWER_MAX
from portal.web.forms.base import PortalForm
from portal.web.forms.fields import max_length, normalise_line_ends, strip_blanks


class AnswerForm(PortalForm):
    """The answer to a question of the office."""

    answer = TextAreaField(
        _("Your answer"),
        filters=[normalise_line_ends, strip_blanks],
        validators=[DataRequired(_("Write your answer.")), max_length(ANSWER_MAX)],
        render_kw={"rows": 6},
    )
