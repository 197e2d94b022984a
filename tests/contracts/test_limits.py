"""A limit is the same in the column, the form and the JSON shape."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from annotated_types import MaxLen
from pydantic import BaseModel
from sqlalchemy import String
from wtforms.validators import Length

from config import ROOT
from portal.core.db.base import Base
from portal.web.forms.base import PortalForm


def modules(kind: str) -> Iterator[tuple[str, ModuleType]]:
    for path in sorted((ROOT / "portal").glob(f"*/{kind}.py")):
        room = path.parent.name
        if room not in {"web", "api"}:
            yield room, importlib.import_module(f"portal.{room}.{kind}")


def column_limits(room: str) -> dict[str, int]:
    limits = {}
    for mapper in Base.registry.mappers:
        if mapper.class_.__module__ in {f"portal.{room}.models", "portal.accounts.models", "portal.profiles.models"}:
            for column in mapper.columns:
                if isinstance(column.type, String) and column.type.length:
                    limits[column.name] = column.type.length
    return limits


def form_limits(form: Any) -> Iterator[tuple[str, int]]:
    for name, field in inspect.getmembers(form):
        for validator in getattr(field, "kwargs", {}).get("validators", ()):
            if isinstance(validator, Length) and validator.max > 0:
                yield name, validator.max


def schema_limits(schema: type[BaseModel]) -> Iterator[tuple[str, int]]:
    for name, field in schema.model_fields.items():
        for constraint in field.metadata:
            if isinstance(constraint, MaxLen):
                yield name, constraint.max_length


def disagreements(found: Iterator[tuple[str, int]], columns: dict[str, int], where: str) -> list[str]:
    return [
        f"{where}.{name} allows {limit}, the column {columns[name]}"
        for name, limit in found
        if name in columns and columns[name] != limit
    ]


def test_forms_agree_with_their_columns() -> None:
    wrong = []
    for room, module in modules("forms"):
        for name, form in inspect.getmembers(module, inspect.isclass):
            if issubclass(form, PortalForm) and form is not PortalForm:
                wrong += disagreements(form_limits(form), column_limits(room), f"{room}.{name}")
    assert wrong == []


def test_schemas_agree_with_their_columns() -> None:
    wrong = []
    for room, module in modules("schemas"):
        for name, schema in inspect.getmembers(module, inspect.isclass):
            if issubclass(schema, BaseModel):
                wrong += disagreements(schema_limits(schema), column_limits(room), f"{room}.{name}")
    assert wrong == []


def test_a_disagreement_is_found() -> None:
    assert disagreements(iter([("title", 99)]), {"title": 120}, "sample") == ["sample.title allows 99, the column 120"]
