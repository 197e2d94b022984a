"""The base class of every HTML form: it refuses unprintable input and shows the errors of services."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Response, after_this_request, g, request
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import PasswordField
from wtforms.form import BaseForm

from portal.core.access import current_actor
from portal.core.errors import DomainError, ReauthenticationNeeded, TooMany, Unavailable
from portal.core.text import UNPRINTABLE
from portal.extensions import db
from portal.web.forms.fields import UploadField
from portal.web.forms.messages import FormMessages

CHECK_HEADER = "X-Check-Field"  # sent by static/js/portal/field-check.js


class PortalForm(FlaskForm):
    """Base of every HTML form, which never queries the database; a form with errors has status ``error_status``."""

    class Meta(FlaskForm.Meta):
        def get_translations(self, form: BaseForm) -> FormMessages:
            return FormMessages()

    error_status = 422

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)

    def validate_on_submit(self, extra_validators: Any = None) -> bool:
        """Return whether a valid form was submitted; false when it only checks one field, or its token is stale."""
        if "is_stale_form" in g and self.is_submitted():
            self.ask_again()
            return False
        valid = bool(super().validate_on_submit(extra_validators))
        return valid and CHECK_HEADER not in request.headers

    def validate(self, extra_validators: Any = None) -> bool:
        """Return whether all fields are valid, and add their errors; text with unprintable characters is refused too.

        An invalid form asks for uploaded files again.
        """
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
        """Run the block, and turn a domain error raised in it into an error of its field, or of the form.

        What the block wrote until then is undone (savepoint), and uploaded files are asked for again. For ``TooMany``
        (429) and ``Unavailable`` (503) the form is rendered with their status, and for the former the response gets
        ``Retry-After``. ``ReauthenticationNeeded`` is not caught.
        """
        try:
            with db.session.begin_nested():
                yield
        except ReauthenticationNeeded:
            raise  # the error handler keeps the form
        except DomainError as error:
            self.add_error(error.field, error.message)
            if isinstance(error, TooMany | Unavailable):
                self.error_status = error.status
            if isinstance(error, TooMany):
                after_this_request(retry_after(error.retry_after))

    def add_error(self, name: str | None, message: str) -> None:
        """Add an error to the field ``name``, or to the form if it has no such field; ask for uploaded files again."""
        if name is not None and name in self:
            self[name].errors = [*self[name].errors, message]
        else:
            self.form_errors.append(message)
        self.ask_for_files_again()

    def ask_again(self) -> None:
        """Add the errors of a form whose token is stale: it was not used, and files and passwords are asked for."""
        actor = current_actor()
        self.form_errors.append(_("This page was out of date, so nothing was saved. What you typed is still here."))
        if actor.is_authenticated:
            self.form_errors.append(_("You are signed in as %(name)s.", name=actor.name))
        for field in self:
            if isinstance(field, PasswordField) and field.data:
                field.errors = (_("Enter it again."),)
        self.ask_for_files_again()

    def ask_for_files_again(self) -> None:
        """Add the error ``again`` to each field with an uploaded file and no error: browsers do not keep the files."""
        for field in self:
            if isinstance(field, UploadField) and field.data and not field.errors:
                field.errors = (str(field.again),)

    @property
    def status(self) -> int:
        """The HTTP status to render the form with: 200 unless it was submitted with errors."""
        return self.error_status if request.method == "POST" and self.errors else 200


def retry_after(seconds: int) -> Callable[[Response], Response]:
    """Return a function that sets ``Retry-After`` to ``seconds`` on a response and returns it."""

    def set_header(response: Response) -> Response:
        response.headers["Retry-After"] = str(seconds)
        return response

    return set_header
