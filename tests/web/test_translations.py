"""Every text has its Russian, and the check that says so can fail."""

from __future__ import annotations

import pytest

from portal.web.i18n import catalogues

HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Language: ru\\n"\n\n'
WANTED = {
    "Join": "templates/x.html",
    "event: Cancelled": "templates/x.html",
    "Leave %(title)s": "portal/x.py",
    "%(num)s day": "portal/x.py",
}


@pytest.fixture
def rooms(tmp_path, monkeypatch):
    """A folder of rooms, and a function that writes one."""
    monkeypatch.setattr(catalogues, "FOLDER", tmp_path)
    monkeypatch.setattr(catalogues, "COMPILED", tmp_path / "LC_MESSAGES" / "messages.mo")
    monkeypatch.setattr(catalogues, "used", lambda: WANTED)
    return lambda name, body: (tmp_path / f"{name}.po").write_text(HEADER + body)


def complaints() -> set[tuple[str, str]]:
    return {(flaw.what, flaw.text) for flaw in catalogues.flaws()}


def test_every_text_of_the_portal_has_its_russian():
    assert [str(flaw) for flaw in catalogues.flaws()] == []


def test_a_text_without_russian_is_found(rooms):
    rooms("events", 'msgid "Join"\nmsgstr "Пойти"\n')
    assert ("no Russian text", "Leave %(title)s") in complaints()
    assert ("no Russian text", "Join") not in complaints()


def test_a_fuzzy_text_is_found(rooms):
    rooms("events", '#, fuzzy\nmsgid "Join"\nmsgstr "Пойти"\n')
    assert ("marked fuzzy", "Join") in complaints()


def test_an_obsolete_text_is_found(rooms):
    rooms("events", 'msgid "Gone"\nmsgstr "Нет"\n')
    assert ("nothing uses this any more", "Gone") in complaints()


def test_a_missing_plural_form_is_found(rooms):
    rooms("events", 'msgid "%(num)s day"\nmsgid_plural "%(num)s days"\nmsgstr[0] "%(num)s день"\nmsgstr[1] ""\n')
    assert ("empty, or not all plural forms", "%(num)s day") in complaints()


def test_a_misspelt_place_is_found(rooms):
    rooms("events", 'msgid "Leave %(title)s"\nmsgstr "Покинуть %(name)s"\n')
    assert ("names a place that the English text does not have", "Leave %(title)s") in complaints()


def test_two_rooms_that_differ_are_found(rooms):
    rooms("events", 'msgid "Join"\nmsgstr "Пойти"\n')
    rooms("home", 'msgid "Join"\nmsgstr "Вступить"\n')
    assert ("another room says it differently", "Join") in complaints()


def test_a_text_with_a_context_is_another_text(rooms):
    rooms("events", 'msgid "Cancelled"\nmsgstr "Отменено"\n')
    assert {("no Russian text", "event: Cancelled"), ("nothing uses this any more", "Cancelled")} <= complaints()
    rooms("events", 'msgctxt "event"\nmsgid "Cancelled"\nmsgstr "Отменена"\n')
    assert not any(text.endswith("Cancelled") for _, text in complaints())
    assert catalogues.merged().get("Cancelled", "event").string == "Отменена"


def test_compiling_again_is_not_needed_until_something_changes(rooms):
    rooms("events", 'msgid "Join"\nmsgstr "Пойти"\n')
    assert not catalogues.is_current()
    assert catalogues.compile_all() == 1
    assert catalogues.is_current()
