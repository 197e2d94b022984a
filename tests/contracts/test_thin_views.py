"""Views are thin: at most fifteen lines, no database, and one service that writes.

Every view function of the running application is looked at, wherever it is defined, together with all that stands in
its module.
"""

from __future__ import annotations

import ast
import inspect
import pkgutil
import re
from collections.abc import Callable
from typing import Any

import pytest

from portal.application import PortalFlask
from portal.audit.models import AuditEntry
from portal.extensions import db
from tests.contracts.calls import RECORDS_OF_READING, calls_of, is_write, name_of, service_calls
from tests.contracts.running import View, modules_with, views_of
from tests.contracts.sources import Module, length, parse

MAX_LINES = 15
MAX_SERVICES = 1
METHODS = {"commit", "rollback", "flush", "execute", "scalar", "scalars", "begin_nested"}
EXCEPTIONS: dict[str, str] = {}


def own_views(app: PortalFlask) -> list[View]:
    return [view for view in views_of(app) if view.module.startswith("portal.")]


def long_views(views: list[View]) -> list[str]:
    return [
        f"{view.name} has {lines} lines"
        for view in views
        if (lines := length(view.node)) > MAX_LINES and view.name not in EXCEPTIONS
    ]


def database_uses(module: Module) -> list[str]:
    """Return what a module takes from SQLAlchemy or does with a session, by line."""
    wrong = []
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            origin = getattr(node, "module", None) or ""
            names = [f"{origin}.{alias.name}".lstrip(".") for alias in node.names]
            found = [
                name for name in names if re.match(r"sqlalchemy(?!\.exc\b)", name) or name == "portal.extensions.db"
            ]
        else:
            found = [node.attr] if isinstance(node, ast.Attribute) and node.attr in METHODS else []
        wrong += [f"{module.name}:{getattr(node, 'lineno', 0)} uses the database: {name}" for name in found]
    return wrong


def views_with_many_services(views: list[View]) -> list[str]:
    view_modules = {view.module for view in views}
    return [
        f"{view.name} uses {calls} services that write"
        for view in views
        if (calls := service_calls(view.function, view_modules)) > MAX_SERVICES and view.name not in EXCEPTIONS
    ]


def test_every_view_is_seen(whole_app: PortalFlask) -> None:
    assert [view.endpoint for view in own_views(whole_app)] == sorted(whole_app.view_functions)
    features = {view.module.split(".")[1] for view in own_views(whole_app)}
    assert features >= {"accounts", "admin", "api", "cities", "dev", "events", "health", "home", "profiles", "web"}


def test_views_are_short(whole_app: PortalFlask) -> None:
    assert long_views(own_views(whole_app)) == []
    assert len(EXCEPTIONS) <= 10


def test_modules_with_views_leave_the_database_alone(whole_app: PortalFlask) -> None:
    assert [use for module in modules_with(own_views(whole_app)) for use in database_uses(module)] == []


def test_a_view_calls_one_service_that_writes(whole_app: PortalFlask) -> None:
    assert views_with_many_services(own_views(whole_app)) == []


def store(text: str) -> str:
    """Write, as a sample of a service."""
    db.session.add(AuditEntry(action=text))
    return text


def record(text: str) -> str:
    """Write, as a sample of another service."""
    db.session.add(AuditEntry(action=text))
    return text


store.__module__ = record.__module__ = "portal.sample"
STEPS = (store, record)


def fat_view() -> str:
    """Fail both checks: be a line too long, and call two services on one path."""
    text = "a"
    if text:
        store(text)
        return text
    store(text)
    text += "b"
    text += "c"
    text += "d"
    text += "e"
    text += "f"
    text += "g"
    text += "h"
    text += "i"
    text += "j"
    store(text)
    return text


def view_of(function: Callable[..., Any]) -> View:
    return View("sample", inspect.unwrap(function), frozenset({"POST"}))


def test_a_fat_view_is_found() -> None:
    assert long_views([view_of(fat_view)]) == [f"{__name__}.fat_view has 16 lines"]


def helper(text: str) -> None:
    """Call two services for a view of the same module, and itself again."""
    store(text)
    record(text)
    if text:
        helper("")


def view_with_helper() -> None:
    helper("a")


def view_with_steps() -> None:
    for step in (store, record):
        step("a")


def view_with_steps_of_the_module() -> None:
    for step in STEPS:
        step("a")


def view_with_renamed_services() -> None:
    first, second = store, record
    first("a")
    second("b")


def view_with_services_handed_on() -> None:
    list(map(store, ["a"])).append(record("b"))


def view_with_services_in_a_list() -> None:
    _stored = [store(text) for text in "ab"]


def view_with_services_at_the_head_of_a_loop() -> None:
    for _text in (store("a"), record("b")):
        pass


def view_with_imports(*given: Any) -> None:
    from portal.events.services.attendance import join, leave

    join(*given)
    leave(*given)


def view_with_one_service_on_each_path(text: str = "") -> None:
    if text:
        helper_with_one_service(text)
    else:
        record("b")


def helper_with_one_service(text: str) -> None:
    store(text)


@pytest.mark.parametrize(
    "view",
    [
        fat_view,
        view_with_helper,
        view_with_steps,
        view_with_steps_of_the_module,
        view_with_renamed_services,
        view_with_services_handed_on,
        view_with_services_in_a_list,
        view_with_services_at_the_head_of_a_loop,
        view_with_imports,
    ],
)
def test_a_view_with_two_services_is_found(view: Callable[..., Any]) -> None:
    assert views_with_many_services([view_of(view)]) == [f"{name_of(view)} uses 2 services that write"]


def test_a_view_with_one_service_on_each_path_is_thin() -> None:
    assert views_with_many_services([view_of(view_with_one_service_on_each_path)]) == []


@pytest.mark.parametrize("name", RECORDS_OF_READING)
def test_records_of_reading_write(name: str) -> None:
    assert any(map(is_write, calls_of(pkgutil.resolve_name(name))))


def test_a_view_that_uses_the_database_is_found() -> None:
    bad = parse(
        "portal.events.oddly_named",
        "from sqlalchemy import select\nfrom portal.extensions import db\ndef show():\n    db.session.commit()\n",
    )
    assert database_uses(bad) == [
        "portal.events.oddly_named:1 uses the database: sqlalchemy.select",
        "portal.events.oddly_named:2 uses the database: portal.extensions.db",
        "portal.events.oddly_named:4 uses the database: commit",
    ]
