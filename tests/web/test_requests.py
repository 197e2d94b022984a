"""What is refused before a view sees it."""

from __future__ import annotations

import pytest

from portal.accounts.models import Account
from tests.support.clients import Page


@pytest.mark.parametrize(
    "path",
    [
        "/events?q=%00",
        "/events?q=a&q=%1F",
        "/settings/profile/cities?city=%00",
        "/login?next=%07",
        "/nothing?x=%7F",
    ],
)
def test_an_unprintable_query_is_refused_in_the_viewers_language(page: Page, alina: Account, path: str) -> None:
    shown = page.sign_in(alina).get(path, status=400, headers={"Accept-Language": "ru"})
    assert "символы, которые нельзя показать" in shown.text


def test_line_breaks_in_a_query_are_text(page: Page, alina: Account) -> None:
    page.sign_in(alina).get("/events?q=a%0D%0A%09b")


@pytest.mark.parametrize("marks", ["%E2%80%AA{}%E2%80%AC", "%e2%80%ae{}", "{}%E2%80%AB", "%E2%80%AD{}%E2%80%AC"])
def test_marks_of_direction_that_copying_adds_are_left_out(page: Page, alina: Account, marks: str) -> None:
    shown = page.sign_in(alina).get(f"/people?q={marks.format(alina.first_name)}")
    assert shown.element("input[name=q]")["value"] == alina.first_name
