"""Macros that are rendered once: under what, and that they show nothing about the viewer."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import g
from jinja2 import Environment, nodes
from jinja2.ext import do
from markupsafe import Markup

from config import ROOT
from portal.application import PortalFlask
from portal.core.actor import Actor, Channel, Preferences
from portal.web.http import static_files
from portal.web.i18n.selection import speaking
from tests.conftest import Clock

PARSER = Environment(autoescape=True, extensions=["jinja2.ext.i18n", do])
OF_THE_VIEWER = {
    "actor",
    "brand",
    "csp_nonce",
    "csrf_field",
    "csrf_token",
    "current_url",
    "g",
    "get_flashed_messages",
    "my_hue",
    "my_initials",
    "now",
    "request",
    "session",
    "theme",
    "relationships",
    "relative_time",
}
"""Names in a template, attributes and filters included, whose value is another one for another viewer or moment."""
OF_TIMES = {"day", "clock_time", "moment", "date_parts", "event_time", "event_clock", "time_for_viewer"}
"""Filters that depend on the viewer's time zone and the present year."""

Macros = dict[tuple[str, str], nodes.Macro]


@pytest.fixture
def rendering(app: PortalFlask, clock: Clock) -> Iterator[list[str]]:
    """Yield the list that the global ``note`` of templates appends to."""
    noted: list[str] = []
    clock.set(datetime(2026, 6, 1, tzinfo=UTC))
    app.jinja_env.globals["note"] = noted.append
    with app.test_request_context():
        g.actor = Actor(Channel.PAGE)
        yield noted
    del app.jinja_env.globals["note"]


def render(app: PortalFlask, source: str, **context: Any) -> str:
    return app.jinja_env.from_string(source).render(context)


def test_it_is_rendered_once_for_each_combination_of_arguments(app: PortalFlask, rendering: list[str]) -> None:
    source = (
        "{% macro draw(a, b='x') %}{{ note(a) or '' }}<{{ a }}{{ b }}>{% endmacro %}{% set once = remembered(draw) %}"
        "{{ once('1') }}{{ once('1') }}{{ once('1', 'y') }}{{ once('2') }}"
    )
    assert render(app, source) == "<1x><1x><1y><2x>"
    assert rendering == ["1", "1", "2"]


def test_equal_text_of_another_type_is_escaped_anew(app: PortalFlask, rendering: list[str]) -> None:
    source = "{% macro draw(a) %}{{ a }}{% endmacro %}{% set once = remembered(draw) %}{{ once(html) }}{{ once(text) }}"
    assert render(app, source, html=Markup("<b>"), text="<b>") == "<b>&lt;b&gt;"


def test_it_is_rendered_in_each_language(app: PortalFlask, rendering: list[str]) -> None:
    template = app.jinja_env.from_string(
        "{% macro draw() %}{{ _('Join') }}{% endmacro %}{% set once = remembered(draw) %}"
        "{% macro both() %}{{ once() }}{% endmacro %}"
    ).module
    with speaking("en"):
        english = template.both()  # type: ignore[attr-defined]  # a macro of the template
    with speaking("ru"):
        assert template.both() == "Пойду"  # type: ignore[attr-defined]  # see above
    assert english == "Join"


def test_times_are_rendered_for_each_zone_and_year(app: PortalFlask, clock: Clock, rendering: list[str]) -> None:
    moment = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
    drawing = app.jinja_env.from_string(
        "{% macro draw(at) %}{{ at | moment }}{% endmacro %}{% set once = remembered(draw, shows_times=true) %}"
    ).module.once  # type: ignore[attr-defined]  # a variable of the template

    def seen_in(zone: str | None) -> str:
        g.actor = Actor(Channel.PAGE, preferences=Preferences(time_zone=zone))
        g.pop("_flask_babel", None)
        return str(drawing(moment))

    assert [seen_in("Europe/Moscow"), seen_in("Asia/Tokyo"), seen_in(None)] == [
        "Mon 1 Jun, 15:00",
        "Mon 1 Jun, 21:00",
        "Mon 1 Jun, 12:00 UTC",
    ]
    clock.set(datetime(2027, 6, 1, tzinfo=UTC))
    assert seen_in("Europe/Moscow") == "Mon 1 Jun 2026, 15:00"


def test_where_changed_files_are_followed_nothing_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    from portal.web.templating import environment

    class Development:
        is_development = True

    assert not static_files.follows_changes(Development())  # type: ignore[arg-type]  # all that it reads
    monkeypatch.setattr(sys, "argv", ["gunicorn", "--reload"])
    assert static_files.follows_changes(Development())  # type: ignore[arg-type]  # see above
    assert environment.unchanged(Markup) is Markup


def macros() -> tuple[Macros, list[tuple[str, str, bool]]]:
    """Return all macros, also by the names under which they are imported, and which are remembered and show times."""
    found: Macros = {}
    imports: list[tuple[str, str, str, str]] = []
    remembered: list[tuple[str, str, bool]] = []
    for file in sorted((ROOT / "templates").rglob("*.html")):
        name, tree = str(file.relative_to(ROOT / "templates")), PARSER.parse(file.read_text())
        found |= {(name, macro.name): macro for macro in tree.find_all(nodes.Macro)}
        for imported in tree.find_all(nodes.FromImport):
            assert isinstance(imported.template, nodes.Const)
            pairs = ((each, each) if isinstance(each, str) else each for each in imported.names)
            imports += [(name, alias, imported.template.value, own) for own, alias in pairs]
        for assignment in tree.find_all(nodes.Assign):
            call = assignment.node
            if isinstance(call, nodes.Call) and getattr(call.node, "name", "") == "remembered":
                assert isinstance(assignment.target, nodes.Name)
                [macro] = call.args
                remembered.append((name, getattr(macro, "name", ""), bool(call.kwargs)))
                imports.append((name, assignment.target.name, name, getattr(macro, "name", "")))
    for _round in range(3):  # names lead to other names
        found |= {(to, alias): found[source, own] for to, alias, source, own in imports if (source, own) in found}
    return found, remembered


def used_by(template: str, name: str, known: Macros) -> set[str]:
    """Return the names, attributes and filters that a macro uses, with those of the macros that it calls."""
    used: set[str] = set()
    waiting, seen = [(template, name)], set()
    while waiting:
        place = waiting.pop()
        if place in seen or place not in known:
            continue
        seen.add(place)
        macro = known[place]
        own = {node.name for node in macro.find_all(nodes.Name)}
        used |= own | {node.attr for node in macro.find_all(nodes.Getattr)}
        used |= {node.name for node in macro.find_all(nodes.Filter)}
        home = next(file for (file, each), found in known.items() if found is macro and each == macro.name)
        waiting += [(home, each) for each in own]
    return used


def test_remembered_macros_show_nothing_of_the_viewer() -> None:
    known, remembered = macros()
    assert len(remembered) >= 5, "there are such macros"
    wrong = {place: used for place in remembered if (used := used_by(place[0], place[1], known) & OF_THE_VIEWER)}
    assert not wrong


def test_remembered_macros_with_times_say_so() -> None:
    known, remembered = macros()
    wrong = [place for place in remembered if used_by(place[0], place[1], known) & OF_TIMES and not place[2]]
    assert not wrong


@pytest.mark.parametrize("body", ["{{ csrf_field() }}", "{{ person.relationships }}", "{{ at | relative_time }}"])
def test_what_belongs_to_the_viewer_is_found_in_a_macro_that_is_called(body: str) -> None:
    tree = PARSER.parse("{% macro inner() %}" + body + "{% endmacro %}{% macro draw() %}{{ inner() }}{% endmacro %}")
    known = {("x.html", macro.name): macro for macro in tree.find_all(nodes.Macro)}
    assert used_by("x.html", "draw", known) & OF_THE_VIEWER
