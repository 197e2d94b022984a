"""Remembered answers: raised versions, what makes an answer void, memory, and what is never remembered."""

from __future__ import annotations

import importlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import g
from sqlalchemy import text, update

from portal.application import PortalFlask
from portal.core import manifest
from portal.core.clock import now
from portal.core.db import content_versions
from portal.core.db.content_versions import Content
from portal.core.db.remembered import ENTRY_BYTES, EXTENSION, HOLDS_FOR, Memory, Remembered
from portal.core.db.unit_of_work import reading, unit_of_work
from portal.events.models import EVENTS, Event
from portal.extensions import db
from tests.conftest import Clock
from tests.factories import change_profile, make_account, make_city, make_event

TRIGGERS = """
SELECT c.relname, encode(t.tgargs, 'escape') FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE t.tgname = :name AND t.tgdeferrable AND t.tginitdeferred AND t.tgenabled = 'O'
"""


@pytest.fixture
def asked(committed: PortalFlask, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Return a function that asks for a remembered answer, which is how often it has been made."""
    answers: Remembered[int] = Remembered("numbers", EVENTS, size=lambda _number: 8)
    made = iter(range(1, 1000))
    monkeypatch.setitem(committed.extensions, EXTENSION, Memory(10_000))

    def ask(key: str = "a") -> int:
        with committed.app_context(), reading():
            return answers.get(key, lambda: next(made))

    return ask


def versions(app: PortalFlask) -> dict[str, int]:
    with app.app_context(), reading():
        content_versions.present((EVENTS,))
        return dict(g.content_versions)


def declared() -> set[Content]:
    """Return the contents that the models of the features declare."""
    modules = [
        importlib.import_module(f"portal.{feature.name}.{module}")
        for feature in manifest.registry().features
        for module in feature.models
    ]
    return {value for module in modules for value in vars(module).values() if isinstance(value, Content)}


def test_the_tables_of_each_content_and_no_others_raise_its_version(app: PortalFlask) -> None:
    with app.app_context():
        rows = db.session.execute(text(TRIGGERS), {"name": content_versions.TRIGGER}).all()
        expected = {(table, content.name) for content in declared() for table in content.tables}
    assert {(table, argument.rstrip("\\0")) for table, argument in rows} == expected


def test_what_a_transaction_changes_has_one_version_more(committed: PortalFlask) -> None:
    before = versions(committed)
    anna = make_account()
    event = make_event(anna)
    made = versions(committed)
    assert made["people"] > before["people"]
    assert made["events"] > before["events"]
    assert made["cities"] == before["cities"]
    with committed.app_context(), unit_of_work():
        for title in ("One", "Two", "Three"):
            db.session.execute(update(Event).where(Event.id == event.id).values(title=title))
    assert versions(committed) == {**made, "events": made["events"] + 1}
    change_profile(anna, work="Gardener")
    make_city()
    assert versions(committed) == {
        "events": made["events"] + 1,
        "people": made["people"] + 1,
        "cities": made["cities"] + 1,
    }


def test_a_transaction_that_is_rolled_back_raises_nothing(committed: PortalFlask) -> None:
    event = make_event(make_account())
    before = versions(committed)

    def fail() -> None:
        with committed.app_context(), unit_of_work():
            db.session.execute(update(Event).where(Event.id == event.id).values(title="Never"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert versions(committed) == before


@pytest.mark.concurrency
def test_parallel_writers_raise_the_version_once_each(committed: PortalFlask) -> None:
    events = [make_event(make_account()) for _number in range(6)]
    before = versions(committed)["events"]
    start = threading.Barrier(len(events))

    def change(event: Event) -> None:
        start.wait()
        with committed.app_context(), unit_of_work():
            db.session.execute(update(Event).where(Event.id == event.id).values(title="Changed"))

    with ThreadPoolExecutor(len(events)) as pool:
        list(pool.map(change, events))
    assert versions(committed)["events"] == before + len(events)


@pytest.mark.concurrency
def test_writers_do_not_wait_for_each_other_before_they_commit(committed: PortalFlask) -> None:
    first, second = (make_event(make_account()) for _number in range(2))
    with committed.app_context(), unit_of_work():
        db.session.execute(update(Event).where(Event.id == first.id).values(title="Open"))
        with ThreadPoolExecutor(1) as pool:
            pool.submit(retitle, committed, second).result(timeout=5)


def retitle(app: PortalFlask, event: Event, title: str = "Changed") -> None:
    with app.app_context(), unit_of_work():
        db.session.execute(update(Event).where(Event.id == event.id).values(title=title))


def test_an_answer_is_made_once_until_its_content_changes(committed: PortalFlask, asked: Callable[..., int]) -> None:
    event = make_event(make_account())
    assert [asked(), asked(), asked("b"), asked()] == [1, 1, 2, 1]
    make_city()  # not what it is made of
    assert asked() == 1
    retitle(committed, event)
    assert [asked(), asked("b"), asked()] == [3, 4, 3]


def test_an_answer_read_beside_a_commit_is_not_kept_for_the_state_after_it(
    committed: PortalFlask, asked: Callable[..., int]
) -> None:
    """The version is read, then somebody commits, then the answer is made: the next request makes it anew."""
    event = make_event(make_account())
    answers: Remembered[str] = Remembered("titles", EVENTS, size=len)

    def title_after_a_commit() -> str:
        with ThreadPoolExecutor(1) as pool:
            pool.submit(retitle, committed, event, "Between").result()
        return "made beside the commit"

    with committed.app_context(), reading():
        assert answers.get("x", title_after_a_commit) == "made beside the commit"
    with committed.app_context(), reading():
        assert answers.get("x", lambda: "made anew") == "made anew"


def test_a_request_that_writes_neither_keeps_nor_gets_a_remembered_answer(
    committed: PortalFlask, asked: Callable[..., int]
) -> None:
    assert asked() == 1
    answers: Remembered[int] = Remembered("numbers", EVENTS, size=lambda _number: 8)
    with committed.app_context(), unit_of_work():
        assert answers.get("a", lambda: 99) == 99
        assert answers.get("new", lambda: 99) == 99
    assert asked("new") == 2


def test_an_answer_holds_for_some_seconds_and_not_before_it_was_made(asked: Callable[..., int], clock: Clock) -> None:
    made_at = now()
    assert asked() == 1
    clock.set(made_at + HOLDS_FOR)
    assert asked() == 1
    clock.move(seconds=1)
    assert asked() == 2
    clock.set(made_at)
    assert asked() == 3


def test_the_least_recently_used_answers_go_first(
    committed: PortalFlask, asked: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = Memory(3 * (ENTRY_BYTES + 8))
    monkeypatch.setitem(committed.extensions, EXTENSION, memory)
    assert [asked(key) for key in "abcaad"] == [1, 2, 3, 1, 1, 4]
    assert asked("a") == 1
    assert asked("b") == 5
    assert memory.size == 3 * (ENTRY_BYTES + 8)


def test_an_answer_larger_than_the_memory_is_not_kept(
    committed: PortalFlask, asked: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = Memory(ENTRY_BYTES)
    monkeypatch.setitem(committed.extensions, EXTENSION, memory)
    assert [asked(), asked()] == [1, 2]
    assert memory.size == 0


def test_nothing_is_remembered_without_memory(
    committed: PortalFlask, asked: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(committed.extensions, EXTENSION, Memory(0))
    assert [asked(), asked()] == [1, 2]
