"""The people that the directory lists, on its page and as JSON."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from tests.support.clients import Api, Page, PageResponse

IVAN, JULIA, PETER, OLEG, FRIDA, ALINA = (
    "Иван Петров",
    "Юлия Щербакова",
    "Peter Müller",
    "Oleg Åberg",
    "Frida Zorn",
    "Alina Demo",
)


def names(shown: PageResponse) -> list[str]:
    """Return the names that a page lists, in order."""
    return shown.texts("#people-list > .people-rows .row-title bdi")


def names_for(mine: Page, query: str) -> list[str]:
    """Return the names that the page for some query arguments lists, in order."""
    return names(mine.get(f"/people?{quote(query, safe='=&+')}"))


def ids(shown: PageResponse) -> list[str]:
    """Return the ids of the people that a page lists, in order."""
    return [str(link["href"]).rpartition("/")[2] for link in shown.soup.select("#people-list .row-link")]


def found(api: Api, search: str, **more: Any) -> list[str]:
    """Return the names that a search as JSON finds, in order."""
    arguments = {"search": search, **more}
    answer = api.get("/api/v1/profile/all", query_string=arguments)
    return [f"{item['first_name']} {item['last_name']}" for item in answer["items"]]
