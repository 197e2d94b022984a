"""Every page has a title of its own, by which tabs, bookmarks and screen readers tell it from the others."""

from __future__ import annotations

from collections import defaultdict

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from werkzeug.routing import Rule

from portal.accounts.models import Account
from tests import factories
from tests.support.clients import Page


def plain_rules(app: Flask) -> list[Rule]:
    """Return the rules of pages with a GET and no values in their URL."""
    rules = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments]
    return [rule for rule in rules if not rule.rule.startswith(("/api", "/health", "/metrics"))]


def titles(page: Page) -> dict[str, set[str]]:
    """Return the titles of all pages that open at once, each with the paths of the pages that have it."""
    found: dict[str, set[str]] = defaultdict(set)
    for rule in plain_rules(page.app):
        answer = page.client.get(rule.rule)
        if answer.status_code == 200 and answer.mimetype == "text/html" and b"<title>" in answer.data:
            title = BeautifulSoup(answer.data, "lxml").title
            found[title.get_text(strip=True) if title else ""].add(rule.rule)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("locale", ["en", "ru"])
def test_no_two_pages_have_one_title(page: Page, adam: Account, locale: str) -> None:
    person, event = factories.make_account(), factories.make_event(adam)
    page.client.set_cookie("portal-locale", locale)
    visited = titles(page)
    page.sign_in(adam)
    for title, paths in titles(page).items():
        visited[title] |= paths
    for path in (
        f"/people/{person.id}",
        f"/admin/people/{person.id}",
        f"/events/{event.id}",
        f"/events/{event.id}/edit",
    ):
        shown = page.get(path)
        visited[shown.texts("title")[0]].add(path)
    assert len(visited) > 25
    assert {title: paths for title, paths in visited.items() if len(paths) > 1} == {}


def test_titles_end_with_the_portals_name(page: Page) -> None:
    assert page.get("/login").texts("title") == ["Sign in · Demo University Alumni"]
