"""``@endpoint``: one declaration of access, query, body and responses, from which checks and OpenAPI follow.

It is built on SpecTree. Our plugin parses bodies strictly (SpecTree takes truncated JSON for ``{}``), leaves errors to
the error handlers, and validates responses only in tests.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache, wraps
from typing import Any, TypeVar

import orjson
from flask import Response, current_app, request
from flask_babel import gettext as _
from pydantic import BaseModel, TypeAdapter, ValidationError
from spectree import Response as Responses
from spectree import SpecTree
from spectree.model_adapter.protocol import SchemaMode
from spectree.models import SecureType, SecuritySchemeData
from spectree.models import SecurityScheme as Scheme
from spectree.plugins.base import Context
from spectree.plugins.flask_plugin import FlaskPlugin
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from portal.api.errors import InvalidRequest
from portal.api.schemas import Problem
from portal.core.access import ANYONE, FORM_CAP, PICTURE_CAP, UPLOAD_CAP, Access, Requirements, requirements_of
from portal.core.errors import Invalid
from portal.core.text import UNPRINTABLE

View = TypeVar("View", bound=Callable[..., Any])


class StrictPlugin(FlaskPlugin):
    """SpecTree's plugin for Flask with strict parsing and fast responses."""

    def request_validation(self, request: Any, query: Any, json: Any, form: Any, headers: Any, cookies: Any) -> None:
        """Set ``request.context`` to the query arguments and the body, parsed by the schemas ``query`` and ``json``.

        Raise ``InvalidRequest`` for values that do not fit, ``Invalid`` for unprintable text, and HTTP errors as
        ``json_body``.
        """
        try:
            request.context = Context(
                check_printable(query.model_validate(query_args(query))) if query else None,
                check_printable(json.model_validate_json(json_body())) if json else None,
                None,
                None,
                None,
            )
        except ValidationError as error:
            raise InvalidRequest(error) from None

    def validate_response(self, resp: Any, resp_model: Any, skip_validation: Any, force_resp_serialize: Any) -> Any:
        """Return what a view has returned, a value or ``(value, status)``, as a JSON response; a ``Response`` stays.

        In tests, raise an error for a value that ``resp_model`` does not declare.
        """
        value, status = resp if isinstance(resp, tuple) else (resp, 200)
        if isinstance(value, Response):
            return value, None
        if current_app.testing:
            resp_model.check(status, value)
        return Response(dump(value), status, mimetype="application/json"), None


class LazySpecTree(SpecTree):
    """SpecTree that builds JSON schemas at the first request for OpenAPI, which most processes never get."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.declared: dict[str, tuple[type[Any], SchemaMode]] = {}

    def _add_model(self, model: type[Any], mode: SchemaMode = "validation") -> str:
        name: str = self.naming_strategy(model)
        known, _mode = self.declared.get(name, (model, mode))
        if known.__module__ != model.__module__:  # SpecTree makes the model of a list anew for each endpoint
            raise TypeError(f"two schemas are called {name}: one would be missing in OpenAPI")
        self.declared[name] = model, mode
        return name

    def _generate_spec(self) -> dict[str, Any]:
        for model, mode in self.declared.values():
            super()._add_model(model, mode)
        return super()._generate_spec()


def query_args(model: type[BaseModel]) -> dict[str, Any]:
    """Return the query arguments of the request by name, to be validated by ``model``.

    An argument has the list of all its values where the field of ``model`` is a list, else its first value.
    """
    many = list_fields(model)
    return {name: request.args.getlist(name) if name in many else value for name, value in request.args.items()}


@cache
def list_fields(model: type[BaseModel]) -> frozenset[str]:
    """Return the names of the fields of a model that are lists; finding them takes longer than a small read."""
    return frozenset(name for name, field in model.model_fields.items() if "list" in str(field.annotation))


def json_body() -> bytes:
    """Return the raw body of the request, ``{}`` for an empty one.

    Raise ``UnsupportedMediaType`` (415) if it is not declared as JSON, and ``RequestEntityTooLarge`` (413) if it is
    larger than the view's cap, or without its picture larger than ``FORM_CAP``.
    """
    raw = request.get_data()
    if raw and not request.is_json:
        raise UnsupportedMediaType
    if len(raw) > FORM_CAP:
        check_size_without_picture(raw)
    return raw or b"{}"


def check_size_without_picture(raw: bytes) -> None:
    """Raise ``RequestEntityTooLarge`` (413) if the body ``raw`` without its picture is larger than ``FORM_CAP``.

    The picture is the base64 text under the key that the view declares. Broken JSON is left to the parser to refuse.
    """
    requirements = requirements_of(current_app.view_functions[request.endpoint or ""])
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return  # the parser refuses it with the right error
    picture = body.get(requirements.picture) if requirements and isinstance(body, dict) else None
    slashes = raw.count(rb"\/")  # some clients escape the slashes of base64
    if len(raw) - len(picture if isinstance(picture, str) else "") - slashes > FORM_CAP:
        raise RequestEntityTooLarge


def check_printable(model: BaseModel) -> BaseModel:
    """Return ``model``; raise ``Invalid`` if one of its fields is text that a database or a screen cannot hold."""
    for name, value in model:
        if isinstance(value, str) and UNPRINTABLE.search(value):
            raise Invalid("unprintable", _("This contains characters that cannot be shown."), field=name)
    return model


def dump(value: Any) -> bytes:
    """Return ``value``, a schema, a list of schemas or plain data, as JSON."""
    return orjson.dumps(value, default=lambda schema: schema.model_dump(mode="json"))


class Answers(Responses):
    """SpecTree's responses by status, which also keep the models as they were declared."""

    def __init__(self, models: Mapping[int, Any]) -> None:
        super().__init__(**{f"HTTP_{status}": model for status, model in models.items()})
        self.shapes = models

    def check(self, status: int, value: Any) -> None:
        """Raise ``AssertionError`` or ``ValidationError`` if ``value`` is not what OpenAPI promises for ``status``."""
        if status not in self.shapes:
            raise AssertionError(f"{request.endpoint} answers {status}, which it does not declare")
        if self.shapes[status] is not None:
            TypeAdapter(self.shapes[status]).validate_json(dump(value))


def schema_name(model: Any) -> str:
    """Return the name of a model in OpenAPI, without module path: ``EventOutEnvelope`` for ``Envelope[EventOut]``."""
    outer, _bracket, inner = str(model.__name__).partition("[")
    return re.sub(r"\W", "", inner) + outer


spec = LazySpecTree(
    backend=StrictPlugin,
    title="Alumni portal",
    version="1",
    path="api/docs",
    openapi_version="3.1.0",
    naming_strategy=schema_name,
    nested_naming_strategy=lambda _parent, child: re.sub(r"^(\w+?)_(\w+)_$", r"\2\1", child),
    security_schemes=[Scheme(name="bearer", data=SecuritySchemeData(type=SecureType.HTTP, scheme="bearer"))],
    security={},
    mode="strict",
    validation_error_status=422,
    validation_error_model=Problem,
    annotations=False,
)


upload_bodies: dict[str, Any] = {}
"""The request body in OpenAPI of each endpoint that takes a file, by operation id."""

PUBLISHED_TAGS = {"cities": "profiles", "directory": "profiles", "alumni_map": "profiles"}
"""The published names of packages that have since been renamed; tags and operation ids of their endpoints keep them."""

MULTIPART = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file"],
                "properties": {"file": {"type": "string", "contentMediaType": "application/octet-stream"}},
            }
        }
    },
}


def endpoint(
    required: Access,
    *,
    query: type[BaseModel] | None = None,
    body: type[BaseModel] | None = None,
    answers: Mapping[int, Any],
    upload: bool = False,
    picture: str | None = None,
) -> Callable[[View], Callable[..., Any]]:
    """Return a decorator that makes a JSON endpoint of a view, with the access ``required``.

    The view gets ``query`` and ``body`` as keyword arguments where declared, and returns a schema, a list of them, or
    ``(value, status)``; ``answers`` maps status to model (``None``: no body is promised). ``upload`` takes multipart
    files, ``picture`` names the key of the body that may be large. The docstring becomes the description in OpenAPI.
    Before the view runs, a query or body that does not fit raises ``InvalidRequest``.
    """
    problems = {400: Problem} if required == ANYONE else {400: Problem, 401: Problem, 403: Problem}
    declared = Answers({**answers, **problems})

    def declare(view: View) -> Callable[..., Any]:
        @wraps(view)
        def call(**values: Any) -> Any:
            if query is not None:
                values["query"] = request.context.query  # type: ignore[attr-defined]  # SpecTree puts it there
            if body is not None:
                values["body"] = request.context.json  # type: ignore[attr-defined]  # likewise
            return view(**values)

        package = view.__module__.split(".")[1]
        tag = PUBLISHED_TAGS.get(package, package)
        operation = f"{tag}_{view.__name__}"
        if upload:
            upload_bodies[operation] = MULTIPART
        checked = spec.validate(
            query=query,
            json=body,
            resp=declared,
            tags=[tag],
            security={} if required == ANYONE else {"bearer": []},
            operation_id=operation,
        )(call)
        cap = UPLOAD_CAP if upload else PICTURE_CAP if picture else FORM_CAP
        checked.requirements = Requirements(required, cap, picture)
        return checked  # type: ignore[no-any-return]  # SpecTree returns a plain Callable

    return declare
