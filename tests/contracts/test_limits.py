"""A limit of length is the same in the column, the form and the JSON schema.

Forms, whatever their base class, and schemas are all that importing the application has defined. Forms are bound, so
that a limit counts however it is written. A limit belongs to the column of its name in the tables of its own feature,
of accounts, profiles, cities or events; a limit that belongs to none is listed here with what it limits.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator
from typing import Annotated, Any, get_args

import flask
import pytest
from annotated_types import MaxLen
from flask_wtf import FlaskForm
from pydantic import BaseModel
from sqlalchemy import String
from wtforms import Form, HiddenField, PasswordField, SelectField, StringField
from wtforms.fields.core import UnboundField
from wtforms.meta import DefaultMeta
from wtforms.validators import Length

from portal.application import PortalFlask
from portal.core.db.base import Base
from portal.web.forms.base import PortalForm
from tests.contracts.running import classes_of, name_of

Limit = tuple[str, int]

SHARED = {"accounts", "profiles", "cities", "events", "texts"}
"""Features whose columns the forms and schemas of other features fill in, too."""

STORED_AS = {"note": "decision_note", "city_query": "name", "city": "name"}
"""Fields that have another name than their column."""

WITHOUT_COLUMN = {
    "code": "compared with a hash",
    "verification_code": "compared with a hash",
    "token": "compared with a hash",
    "session_token": "verified by its signature",
    "refresh_token": "compared with a hash",
    "password": "stored as a hash",
    "current_password": "compared with a hash",
    "new_password": "stored as a hash",
    "reason": "stored in a column without a limit",
    "contact_email": "stored as a setting",
    "cursor": "verified by its signature",
    "search": "only searched for",
    "q": "only searched for",
    "country": "only searched for, in two languages",
    "location": "only searched for: a city and a country in one text",
    "link_label": "part of a JSON column",
    "link_url": "part of a JSON column",
    "graduation_year": "a number, which legacy clients send as text",
}
"""Limited fields that are stored in no limited column, each with what becomes of it."""

LIMITED_ELSEWHERE = {"telegram_alias": "measured without the URL around it, by the service"}
"""Text fields of a form that need no limit of their own although their column has one."""


def column_limits(feature: str) -> dict[str, int]:
    """Return the lengths of the columns that forms and schemas of ``feature`` fill in, by name."""
    limits: dict[str, int] = {}
    for mapper in sorted(Base.registry.mappers, key=lambda mapper: feature_of(mapper.class_) == feature):
        if feature_of(mapper.class_) in SHARED | {feature}:
            limits |= {column.name: length for column in mapper.columns if (length := length_of(column.type))}
    return limits


def feature_of(cls: type) -> str:
    return cls.__module__.split(".")[1]


def length_of(column_type: object) -> int | None:
    return column_type.length if isinstance(column_type, String) else None


def forms_of(package: str) -> list[type[Any]]:
    """Return every form class of a package: of ours, of Flask-WTF's and of WTForms' own base class."""
    return classes_of(Form, package)


def bound_fields(form: type[Any]) -> Iterator[Any]:
    """Return the fields of a form class as its instances have them; needs a request context."""
    for name, unbound in inspect.getmembers(form, lambda member: isinstance(member, UnboundField)):
        yield unbound.bind(form=None, name=name, _meta=DefaultMeta(), translations=None)


def form_limits(form: type[Any]) -> Iterator[Limit]:
    for field in bound_fields(form):
        for validator in field.validators:
            if isinstance(validator, Length) and validator.max > 0:
                yield field.name, validator.max


def schema_limits(schema: type[BaseModel]) -> Iterator[Limit]:
    for name, field in schema.model_fields.items():
        for constraint in (*field.metadata, *constraints_within(field.annotation)):
            if isinstance(constraint, MaxLen):
                yield name, constraint.max_length


def constraints_within(annotation: object) -> Iterator[object]:
    """Return what constrains the parts of an annotation, such as the text in ``Annotated[str, …] | None``."""
    for constraint in getattr(annotation, "__metadata__", ()):
        yield from getattr(constraint, "metadata", (constraint,))
    for part in get_args(annotation):
        yield from constraints_within(part)


def disagreements(limits: Iterable[Limit], columns: dict[str, int], where: str) -> list[str]:
    """Return the limits that differ from their column or that belong to no column that we know."""
    wrong = []
    for name, limit in limits:
        column = STORED_AS.get(name, name)
        if re.sub(r"_\d$", "", name) in WITHOUT_COLUMN:  # fields of a row of several are numbered
            continue
        if column not in columns:
            wrong.append(f"{where}.{name} allows {limit}, but belongs to no column")
        elif columns[column] != limit:
            wrong.append(f"{where}.{name} allows {limit}, the column {columns[column]}")
    return wrong


def unlimited(form: type[Any], columns: dict[str, int], where: str) -> list[str]:
    """Return the text fields of a form that have no limit although their column has one."""
    limited = {name for name, _limit in form_limits(form)} | set(LIMITED_ELSEWHERE)
    return [
        f"{where}.{field.name} has no limit, the column {columns[field.name]}"
        for field in bound_fields(form)
        if isinstance(field, StringField)
        and not isinstance(field, HiddenField | PasswordField | SelectField)
        and field.name in columns
        and field.name not in limited
    ]


@pytest.fixture
def forms(whole_app: PortalFlask) -> Iterator[list[type[Any]]]:
    with whole_app.test_request_context():
        yield [form for form in forms_of("portal") if feature_of(form) != "dev"]


def test_forms_agree_with_their_columns(forms: list[type[Any]]) -> None:
    wrong, seen = [], 0
    for form in forms:
        limits = list(form_limits(form))
        seen += len(limits)
        wrong += disagreements(limits, column_limits(feature_of(form)), name_of(form))
    assert wrong == []
    assert seen >= 25


def test_text_fields_with_a_limited_column_have_a_limit(forms: list[type[Any]]) -> None:
    assert [fault for form in forms for fault in unlimited(form, column_limits(feature_of(form)), name_of(form))] == []


def test_schemas_agree_with_their_columns(whole_app: PortalFlask) -> None:
    wrong, seen = [], 0
    for schema in classes_of(BaseModel):
        limits = list(schema_limits(schema))
        seen += len(limits)
        wrong += disagreements(limits, column_limits(feature_of(schema)), name_of(schema))
    assert wrong == []
    assert seen >= 40


class PositionalForm(PortalForm):
    """A sample whose limits are written in both ways, and whose third field forgot its limit."""

    title = StringField("Title", [Length(max=99)])
    place = StringField("Place", validators=[Length(max=99)])
    description = StringField("Description")


class PlainForm(FlaskForm):
    """A sample that is based on Flask-WTF's form class."""

    title = StringField("Title", [Length(max=99)])


class PartForm(Form):
    """A sample that is based on WTForms' form class."""

    title = StringField("Title")


class OptionalSchema(BaseModel):
    """A sample whose limit stands within a union."""

    title: Annotated[str, MaxLen(99)] | None = None


def test_a_disagreement_is_found_however_it_is_written() -> None:
    columns = {"title": 120, "place": 120, "description": 120}
    with flask.Flask("sample").test_request_context():
        limits = list(form_limits(PositionalForm))
        assert unlimited(PositionalForm, columns, "form") == ["form.description has no limit, the column 120"]
    assert disagreements(limits, columns, "form") == [
        "form.place allows 99, the column 120",
        "form.title allows 99, the column 120",
    ]
    assert disagreements(schema_limits(OptionalSchema), columns, "schema") == ["schema.title allows 99, the column 120"]


def test_forms_of_every_base_class_are_checked() -> None:
    columns = {"title": 120}
    with flask.Flask("sample").test_request_context():
        samples = {form.__name__: form for form in forms_of("tests.contracts")}
        assert samples.keys() == {"PositionalForm", "PlainForm", "PartForm"}
        assert disagreements(form_limits(samples["PlainForm"]), columns, "form") == [
            "form.title allows 99, the column 120"
        ]
        assert unlimited(samples["PartForm"], columns, "form") == ["form.title has no limit, the column 120"]


def test_a_limit_without_a_column_is_found() -> None:
    assert disagreements([("slogan", 99)], {"title": 120}, "form") == [
        "form.slogan allows 99, but belongs to no column"
    ]
