"""Lists that are built once per shape: their pages, their parameters, and what is kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import String, bindparam, func, select
from sqlalchemy.dialects import postgresql

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.core.actor import Actor, Channel
from portal.core.clock import now
from portal.core.db import lists
from portal.core.db.base import new_id, shown_value
from portal.core.db.keyset import UNFOLDED_MAX
from portal.core.db.lists import ListQuery, ListStatement, kind_of
from portal.core.db.raw_queries import RawQuery
from portal.core.db.unit_of_work import reading
from portal.core.errors import Invalid
from portal.profiles.policies import NOW
from tests.conftest import Clock
from tests.factories import make_account

NAMES = ["Anna", "Boris", "Clara", "Dmitri", "Elena"]
BY_NAME = (Account.first_name.asc(), Account.id.asc())


@pytest.fixture
def people(app: PortalFlask) -> Iterator[None]:
    for name in NAMES:
        make_account(first_name=name, last_name="Lister")
    with app.app_context(), reading():
        yield


def listed(*, backwards: bool = False, starts_with: bool = False, detailed: bool = False) -> ListStatement:
    rows = select(Account.id, Account.first_name).where(Account.last_name == bindparam("surname"))
    if starts_with:
        rows = rows.where(Account.first_name.startswith(bindparam("start")))
    order = (Account.first_name.desc(), Account.id.desc()) if backwards else BY_NAME

    def details(page: Any) -> Any:
        return select(Account.first_name, func.upper(Account.last_name).label("surname")).join(
            page, page.c.id == Account.id
        )

    return ListStatement(rows, order, details if detailed else None)


def shape_of(backwards: bool, detailed: bool) -> ListStatement:
    return listed(backwards=backwards, detailed=detailed)


VALUES = {"surname": "Lister"}


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("detailed", [False, True])
def test_pages_follow_one_another_without_gaps(people: None, backwards: bool, detailed: bool) -> None:
    query = ListQuery(shape_of)
    found: list[str] = []
    cursor = None
    for _page in NAMES:
        page = query.page(backwards, detailed, values=VALUES, scope="x", cursor=cursor, limit=2)
        found += [row.first_name for row in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert found == sorted(NAMES, reverse=backwards)


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("detailed", [False, True])
def test_unfolded_pages_end_where_the_cursor_says(people: None, backwards: bool, detailed: bool) -> None:
    query = ListQuery(shape_of)
    first = query.page_until(backwards, detailed, values=VALUES, scope="x", until=None, limit=2)
    both = query.page_until(backwards, detailed, values=VALUES, scope="x", until=first.next_cursor, limit=2)
    everybody = sorted(NAMES, reverse=backwards)
    assert [row.first_name for row in both.items] == everybody[:4]
    rest = query.page(backwards, detailed, values=VALUES, scope="x", cursor=both.next_cursor, limit=2)
    assert [row.first_name for row in rest.items] == everybody[4:]
    assert not rest.has_more


def test_cursors_of_another_list_are_refused(people: None) -> None:
    query = ListQuery(shape_of)
    cursor = query.page(False, False, values=VALUES, scope="x", limit=2).next_cursor
    for wrong in ("nonsense", str(cursor)):
        with pytest.raises(Invalid):
            query.page(False, False, values=VALUES, scope="y", cursor=wrong)
        with pytest.raises(Invalid):
            query.page_until(False, False, values=VALUES, scope="y", until=wrong)


def test_a_shape_is_built_once_whatever_its_parameters(people: None) -> None:
    built: list[bool] = []

    def build(starts_with: bool) -> ListStatement:
        built.append(starts_with)
        return listed(starts_with=starts_with)

    query = ListQuery(build)
    for start in ("A", "B", "C"):
        page = query.page(True, values={**VALUES, "start": start}, scope="x")
        assert [row.first_name[0] for row in page.items] == [start]
    assert len(query.page(False, values=VALUES, scope="x").items) == len(NAMES)
    assert built == [True, False]


def test_only_so_many_shapes_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "SHAPES_MAX", 3)
    query = ListQuery(lambda _number: listed())
    kept = [query.statement(number) for number in (1, 2, 3)]
    assert [query.statement(number) for number in (1, 2, 3)] == kept
    query.statement(4)
    assert query.statement(1) is not kept[0]


def test_callers_are_of_one_kind_by_role_and_permissions() -> None:
    def caller(**fields: Any) -> Actor:
        return Actor(**{"channel": Channel.API, "account_id": new_id(), "role": "alumni", **fields})

    kind = kind_of(caller())
    assert kind_of(caller(first_name="Anna", channel=Channel.PAGE)) is kind
    for other in ({"role": "alumni_friend"}, {"permissions": frozenset({"x"})}, {"is_waiting": True}):
        assert kind_of(caller(**other)) is not kind
    assert kind_of(Actor(Channel.PAGE)).account_id is None


def test_a_raw_query_takes_constants_sets_and_the_present_time(people: None, clock: Clock) -> None:
    query = RawQuery(
        select(Account.first_name, (bindparam("before") < NOW).label("is_later"))
        .where(Account.first_name.in_(["Anna", "100%", "Clara"]), Account.last_name == bindparam("surname"))
        .order_by(Account.first_name)
    )
    moment = now()
    rows = query.rows(surname="Lister", before=moment)
    assert [row.first_name for row in rows] == ["Anna", "Clara"]
    assert not rows[0].is_later
    clock.move(seconds=5)
    assert query.rows(surname="Lister", before=moment)[0].is_later


def test_a_parameter_that_is_missing_is_an_error(people: None) -> None:
    with pytest.raises(KeyError, match="surname"):
        RawQuery(listed().rows).rows()


def test_a_shown_value_stands_in_the_text_of_the_statement(people: None) -> None:
    query = RawQuery(
        select(Account.first_name).where(
            Account.first_name == shown_value("name", String), Account.last_name == bindparam("surname")
        )
    )
    for name in ("Anna", "O'Neil; --", "Boris"):
        assert [row.first_name for row in query.rows(surname="Lister", name=name)] == [name] * (name in NAMES)


@pytest.mark.parametrize("limit", [1, 20, 21, 50, 51, 100, 150])
def test_a_page_is_planned_for_the_rows_that_it_reads(limit: int) -> None:
    for part in ("first", "after", "until"):
        query = getattr(listed(), part)(limit)
        shown = query.statement.compile(dialect=postgresql.dialect()).literal_execute_params  # type: ignore[no-untyped-call]  # SQLAlchemy's
        (rows_read,) = {bind.value for bind in shown} - {UNFOLDED_MAX}
        assert limit < rows_read <= max(101, limit + 1)
