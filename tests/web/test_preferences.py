"""Language and theme: chosen by a plain form, remembered, never a way out of the portal."""

from __future__ import annotations

import pytest

from portal.accounts.models import Account
from portal.web.preferences import own_path
from tests.support.clients import Page


def test_a_chosen_language_is_used_from_the_next_page_on(page: Page) -> None:
    answer = page.post("/preferences/locale", {"locale": "ru", "next": "/map"})
    assert answer.location == "/map"
    assert page.get("/nothing", status=404).element("html")["lang"] == "ru"


def test_the_browsers_language_is_used_until_one_is_chosen(page: Page) -> None:
    shown = page.get("/nothing", status=404, headers={"Accept-Language": "ru-RU,ru;q=0.9,en;q=0.5"})
    assert shown.element("html")["lang"] == "ru"


def test_an_unknown_language_becomes_english(page: Page) -> None:
    page.post("/preferences/locale", {"locale": "tlh"})
    assert page.get("/nothing", status=404).element("html")["lang"] == "en"


def test_a_chosen_theme_is_in_the_html_of_the_next_page(page: Page) -> None:
    page.post("/preferences/theme", {"theme": "dark"})
    assert page.get("/nothing", status=404).element("html")["data-bs-theme"] == "dark"


def test_the_system_decides_until_a_theme_is_chosen(page: Page) -> None:
    assert not page.get("/nothing", status=404).element("html").has_attr("data-bs-theme")


def test_language_and_theme_are_offered_once(page: Page, alina: Account) -> None:
    assert len(page.get("/login").soup.select(".footer form")) == 2
    page.sign_in(alina)
    assert page.get("/people").soup.select(".footer form") == []
    assert len(page.get("/settings/account").soup.select("[name=locale], [name=theme]")) == 2


def test_the_choice_is_kept_on_the_account(page: Page, alina: Account) -> None:
    page.sign_in(alina).post("/preferences/theme", {"theme": "dark"})
    page.client.delete_cookie("portal-theme")
    assert page.get("/nothing", status=404).element("html")["data-bs-theme"] == "dark"


@pytest.mark.parametrize(
    "url", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:1", "", "/a\r\nb", "/a\nb"]
)
def test_a_choice_never_redirects_to_another_site(url: str) -> None:
    assert own_path(url) == "/"


def test_an_own_path_is_kept_with_its_query_arguments() -> None:
    assert own_path("/events?city=1&until=x") == "/events?city=1&until=x"
