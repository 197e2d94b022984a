"""Menus show what exists and what the caller may open."""

from __future__ import annotations

import pytest

from portal.accounts.models import Account
from portal.application import PortalFlask
from portal.core.extension_points import EXTENSION
from portal.core.manifest import Menu, MenuEntry
from portal.web import navigation
from tests.support.clients import Page


def test_an_entry_whose_page_does_not_exist_is_not_shown(app: PortalFlask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.extensions, navigation.LINKS, {})
    monkeypatch.setitem(app.extensions[EXTENSION].menus, Menu.HEADER, (MenuEntry("Nowhere", "nowhere.index", {}),))
    with app.test_request_context():
        app.preprocess_request()
        assert navigation.menu_items(Menu.HEADER) == []


def test_a_visitor_does_not_see_the_office(page: Page) -> None:
    assert "/admin" not in page.get("/nothing", status=404).response.get_data(as_text=True)


def test_an_administrator_sees_the_office(page: Page, adam: Account) -> None:
    links = page.sign_in(adam).get("/nothing", status=404).soup.select(".menu-panel a")
    assert "/admin" in [link["href"] for link in links]


def test_a_member_does_not_see_the_office(page: Page, alina: Account) -> None:
    links = page.sign_in(alina).get("/nothing", status=404).soup.select(".menu-panel a")
    assert links
    assert "/admin" not in [link["href"] for link in links]


@pytest.mark.needs_feature("alumni_map")
def test_the_current_entry_is_marked_for_everyone(page: Page, alina: Account) -> None:
    current = page.sign_in(alina).get("/map").soup.select('[aria-current="page"]')
    assert {link["href"] for link in current} == {"/map"}
