"""The JSON error for a request that does not fit its schema, with a message for every wrong field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from pydantic import ValidationError

from portal.web.http.problems import problem


class InvalidRequest(Exception):
    """Error for a query or body that does not fit its schema, raised before the view runs.

    ``cause`` is pydantic's error with every wrong field.
    """

    def __init__(self, cause: ValidationError) -> None:
        super().__init__("invalid request")
        self.cause = cause


def problem_of_validation(invalid: InvalidRequest) -> Response:
    """Return the problem response with status 422 that lists every wrong field; its ``detail`` is about the first.

    A body that is not JSON gets status 400 instead.
    """
    errors = [
        {"field": ".".join(map(str, error["loc"])) or None, "code": error["type"], "message": message_for(error)}
        for error in invalid.cause.errors(include_url=False, include_input=False)
    ]
    broken = any(error["code"] == "json_invalid" for error in errors)
    if broken:
        return problem(400, "json_invalid", _("The body is not correct JSON."))
    first = errors[0]
    detail = f"{first['field']}: {first['message']}" if first["field"] else str(first["message"])
    return problem(422, "invalid", detail, errors=errors)


MESSAGES = {
    "missing": lazy_gettext("Fill in this field."),
    "string_type": lazy_gettext("This must be text."),
    "int_type": lazy_gettext("This must be a whole number."),
    "int_parsing": lazy_gettext("This must be a whole number."),
    "int_from_float": lazy_gettext("This must be a whole number."),
    "float_type": lazy_gettext("This must be a number."),
    "finite_number": lazy_gettext("This must be a number."),
    "bool_type": lazy_gettext("This must be true or false."),
    "bool_parsing": lazy_gettext("This must be true or false."),
    "string_too_long": lazy_gettext("This is too long: at most %(max_length)s characters."),
    "string_too_short": lazy_gettext("This is too short: at least %(min_length)s characters."),
    "less_than_equal": lazy_gettext("This must be at most %(le)s."),
    "greater_than_equal": lazy_gettext("This must be at least %(ge)s."),
    "uuid_type": lazy_gettext("This is not an id."),
    "uuid_parsing": lazy_gettext("This is not an id."),
    "datetime_type": lazy_gettext("There is no such date and time."),
    "datetime_parsing": lazy_gettext("There is no such date and time."),
    "timezone_naive": lazy_gettext("Send the local time, without an offset."),
    "timezone_aware": lazy_gettext("Send the time with its offset, such as 2026-12-05T00:00:00+03:00."),
    "datetime_from_date_parsing": lazy_gettext("There is no such date and time."),
    "model_type": lazy_gettext("This must be a JSON object."),
    "model_attributes_type": lazy_gettext("This must be a JSON object."),
    "list_type": lazy_gettext("This must be a list."),
    "literal_error": lazy_gettext("This is not one of the allowed values."),
    "string_pattern_mismatch": lazy_gettext("This is not in the expected format."),
}
UNUSABLE = lazy_gettext("This value cannot be used.")


def message_for(error: Mapping[str, Any]) -> str:
    """Return our message for one entry of pydantic's ``errors()``, in the language of the request."""
    message: str = str(MESSAGES.get(error["type"], UNUSABLE)) % error.get("ctx", {})
    return message
