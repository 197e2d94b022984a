"""Every text has its Russian, and the check that says so can fail."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import g
from flask_babel import force_locale, gettext, ngettext, pgettext

from config import ROOT
from portal.application import PortalFlask
from portal.core.actor import Actor, Channel
from portal.web.i18n import catalogues
from portal.web.i18n.selection import language, speaking

HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Language: ru\\n"\n\n'
USED = {
    "Join": "templates/x.html",
    "event: Cancelled": "templates/x.html",
    "Leave %(title)s": "portal/x.py",
    "%(num)s day": "portal/x.py",
}

Write = Callable[[str, str], int]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Return a function that writes a catalogue into an empty folder."""
    monkeypatch.setattr(catalogues, "CATALOGUES", tmp_path)
    monkeypatch.setattr(catalogues, "used_texts", lambda: USED)
    return lambda name, body: (tmp_path / f"{name}.po").write_text(HEADER + body)


def flaws() -> set[tuple[str, str]]:
    return {(flaw.what, flaw.text) for flaw in catalogues.flaws()}


def test_every_text_of_the_portal_has_its_russian() -> None:
    assert [str(flaw) for flaw in catalogues.flaws()] == []


def test_a_text_without_russian_is_found(write: Write) -> None:
    write("events", 'msgid "Join"\nmsgstr "Пойти"\n')
    assert ("no Russian text", "Leave %(title)s") in flaws()
    assert ("no Russian text", "Join") not in flaws()


def test_a_fuzzy_text_is_found(write: Write) -> None:
    write("events", '#, fuzzy\nmsgid "Join"\nmsgstr "Пойти"\n')
    assert ("marked fuzzy", "Join") in flaws()


def test_an_obsolete_text_is_found(write: Write) -> None:
    write("events", 'msgid "Gone"\nmsgstr "Нет"\n')
    assert ("nothing uses this any more", "Gone") in flaws()


def test_a_missing_plural_form_is_found(write: Write) -> None:
    write("events", 'msgid "%(num)s day"\nmsgid_plural "%(num)s days"\nmsgstr[0] "%(num)s день"\nmsgstr[1] ""\n')
    assert ("empty, or not all plural forms", "%(num)s day") in flaws()


def test_a_misspelt_placeholder_is_found(write: Write) -> None:
    write("events", 'msgid "Leave %(title)s"\nmsgstr "Покинуть %(name)s"\n')
    assert ("has a placeholder that the English text does not have", "Leave %(title)s") in flaws()


def test_two_catalogues_that_differ_are_found(write: Write) -> None:
    write("events", 'msgid "Join"\nmsgstr "Пойти"\n')
    write("home", 'msgid "Join"\nmsgstr "Вступить"\n')
    assert ("another catalogue says it differently", "Join") in flaws()


def test_a_text_with_a_context_is_another_text(write: Write) -> None:
    write("events", 'msgid "Cancelled"\nmsgstr "Отменено"\n')
    assert {("no Russian text", "event: Cancelled"), ("nothing uses this any more", "Cancelled")} <= flaws()
    write("events", 'msgctxt "event"\nmsgid "Cancelled"\nmsgstr "Отменена"\n')
    assert not any(text.endswith("Cancelled") for _, text in flaws())


def test_every_catalogue_is_loaded_with_its_contexts(app: PortalFlask) -> None:
    with app.app_context(), force_locale("ru"):
        assert pgettext("event", "Cancelled") == "Отменена"  # of web.po
        assert gettext("Event deleted.") == "Встреча удалена."  # of events.po
        many = ngettext("%(num)s person is waiting for a place", "%(num)s people are waiting for a place", 2)
        assert many == "2 человека ждут места"


@pytest.mark.process
def test_a_catalogue_is_compiled_when_it_has_changed(tmp_path: Path) -> None:
    (tmp_path / "deploy").mkdir()
    shutil.copy(ROOT / "deploy/assets", tmp_path / "deploy")
    (tmp_path / "static").mkdir()
    (tmp_path / ".venv").symlink_to(Path(sys.prefix))
    folder = tmp_path / "portal/translations/ru/LC_MESSAGES"
    folder.mkdir(parents=True)

    def compiled(russian: str) -> str:
        (folder / "events.po").write_text(f'{HEADER}msgid "Join"\nmsgstr "{russian}"\n')
        subprocess.run([tmp_path / "deploy/assets"], check=True)
        return (folder / "events.mo").read_bytes().decode(errors="ignore")

    assert "Пойти" in compiled("Пойти")
    assert "Вступить" in compiled("Вступить")


def test_a_block_in_another_language_ends(app: PortalFlask) -> None:
    with app.test_request_context(headers={"Accept-Language": "en"}):
        g.actor = Actor(Channel.PAGE)
        assert language() == "en"
        with speaking("ru"):
            assert (language(), gettext("Event deleted.")) == ("ru", "Встреча удалена.")
            with speaking("en"):
                assert (language(), gettext("Event deleted.")) == ("en", "Event deleted.")
            assert language() == "ru"
        assert (language(), gettext("Event deleted.")) == ("en", "Event deleted.")


def test_outside_a_request_each_block_has_its_language(app: PortalFlask) -> None:
    assert language() == "en"
    with app.app_context():
        with speaking("ru"):
            assert language() == "ru"
        assert language() == "en"
        with force_locale("ru"):
            assert language() == "ru"


def test_texts_of_templates_are_those_of_jinja(app: PortalFlask) -> None:
    source = (
        "{{ _('100%% of %(name)s', name=name) }} {{ _('<b>') }} {{ ngettext('%(num)s a', '%(num)s b', 2) }}"
        " {{ ngettext('%(n)s a', '%(n)s b', 1, n=name) }} {{ pgettext('event', 'Cancelled') }}"
        " {{ npgettext('x', '%(num)s c', '%(num)s d', 1) }} {{ _('50%%') }}"
    )
    with app.app_context(), force_locale("ru"):
        html = app.jinja_env.from_string(source).render(name="<i>")
        text = app.jinja_env.overlay(autoescape=False).from_string(source).render(name="<i>")
    assert html == "100% of &lt;i&gt; <b> 2 b &lt;i&gt; a Отменена 1 c 50%"
    assert text == "100% of <i> <b> 2 b <i> a Отменена 1 c 50%"
