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
        "/login?next=%E2%80%AE",
        "/nothing?x=%7F",
    ],
)
def test_an_unprintable_query_is_refused_in_the_viewers_language(page: Page, alina: Account, path: str) -> None:
    shown = page.sign_in(alina).get(path, status=400, headers={"Accept-Language": "ru"})
    assert "символы, которые нельзя показать" in shown.text


def test_line_breaks_in_a_query_are_text(page: Page, alina: Account) -> None:
    page.sign_in(alina).get("/events?q=a%0D%0A%09b")
