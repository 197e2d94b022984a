"""The base of every HTML form: one refusal for unprintable input, one way for services to refuse."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Response, after_this_request, request
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms.form import BaseForm

from portal.core.errors import DomainError, TooMany
from portal.core.text import UNPRINTABLE
from portal.extensions import db
from portal.web.forms.fields import Upload
from portal.web.forms.messages import OurWords

CHECK_HEADER = "X-Check-Field"  # sent by static/js/portal/field-check.js


class PortalForm(FlaskForm):
    """Shape only: a form never queries. ``status`` is what to answer with when rendering it."""

    class Meta(FlaskForm.Meta):
        def get_translations(self, form: BaseForm) -> OurWords:
            return OurWords()

    refused_status = 422

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)

    def validate_on_submit(self, extra_validators: Any = None) -> bool:
        """Never true while a field is only being checked: the page comes back with its errors, nothing is done."""
        valid = bool(super().validate_on_submit(extra_validators))
        return valid and CHECK_HEADER not in request.headers

    def validate(self, extra_validators: Any = None) -> bool:
        valid = bool(super().validate(extra_validators))
        for field in self:
            if isinstance(field.data, str) and UNPRINTABLE.search(field.data):
                field.errors = [_("This contains characters that cannot be shown. Enter it again.")]
                valid = False
        if not valid:
            self.ask_for_files_again()
        return valid

    @contextmanager
    def catching(self) -> Iterator[None]:
        """Turn a service's refusal into an error on its field, and undo what it wrote."""
        try:
            with db.session.begin_nested():
                yield
        except TooMany as refusal:
            self.refuse(refusal.field, refusal.message)
            self.refused_status = refusal.status
            after_this_request(waiting(refusal.retry_after))
        except DomainError as refusal:
            self.refuse(refusal.field, refusal.message)

    def refuse(self, name: str | None, message: str) -> None:
        """Put an error on the field ``name``, or on the form when it has no such field."""
        if name is not None and name in self:
            self[name].errors = [*self[name].errors, message]
        else:
            self.form_errors.append(message)
        self.ask_for_files_again()

    def ask_for_files_again(self) -> None:
        """Say at each file that was sent, unless it has a flaw of its own, that the page comes back without it."""
        for field in self:
            if isinstance(field, Upload) and field.data and not field.errors:
                field.errors = (str(field.again),)

    @property
    def status(self) -> int:
        return self.refused_status if request.method == "POST" and self.errors else 200


def waiting(seconds: int) -> Callable[[Response], Response]:
    """Say in the answer's headers how long to wait."""

    def say(response: Response) -> Response:
        response.headers["Retry-After"] = str(seconds)
        return response

    return say
