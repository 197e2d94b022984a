"""The bar that says what has been done and undoes it: who shows it, for how long, and where it leads."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask, session

from portal.accounts.models import Account
from portal.web.undo import UNDO, offer_undo, page_before_undo
from tests.conftest import Clock
from tests.support.clients import Page, PageResponse

IN_TIME = timedelta(seconds=25)
MAIL = "An email goes out in {seconds} s."
SWAP = {"HX-Request": "true", "HX-Request-Type": "partial"}


def with_offer(page: Page, message: str = "Vera is let in.", **options: Any) -> Page:
    """Return the client whose next page shows an undo bar."""
    with page.app.test_request_context():
        offer_undo(message, "/undo/1", **options)
        flashed = session["_flashes"]
    with page.client.session_transaction() as kept:
        kept["_flashes"] = [*kept.get("_flashes", ()), *flashed]
    return page


def bars(shown: PageResponse) -> list[str]:
    return shown.texts("#toasts [data-undo] .undo-text")


def test_the_next_page_shows_the_bar_once(page: Page) -> None:
    with_offer(page)
    assert bars(page.get("/login")) == ["Vera is let in."]
    assert bars(page.get("/login")) == []


def test_the_form_is_complete_without_scripts(page: Page) -> None:
    shown = with_offer(page, fields={"entry": "7"}).get("/login?next=/map")
    form = shown.element("[data-undo] form")
    assert (form["method"], form["action"], form.get("hx-post")) == ("post", "/undo/1", None)
    fields = {field["name"]: field["value"] for field in form.select("input[type=hidden]")}
    assert fields.pop("csrf_token")
    assert fields == {"entry": "7", "next": "/login?next=/map"}
    assert form.select_one("button[type=submit]") is not None


@pytest.mark.parametrize(
    ("passed", "shown_seconds", "said"),
    [
        (0, "25", ["Vera is let in. An email goes out in 25 s."]),
        (3.2, "22", ["Vera is let in. An email goes out in 22 s."]),
        (24.5, "1", ["Vera is let in. An email goes out in 1 s."]),
        (25, None, []),
        (3600, None, []),
    ],
)
def test_the_time_left_is_counted_from_the_act(
    page: Page, clock: Clock, passed: float, shown_seconds: str | None, said: list[str]
) -> None:
    with_offer(page, consequence=MAIL, within=IN_TIME)
    clock.move(seconds=passed)
    shown = page.get("/login")
    bar = shown.soup.select_one("[data-undo]")
    assert (bars(shown), bar and bar["data-seconds"]) == (said, shown_seconds)


def test_texts_are_text(page: Page) -> None:
    shown = with_offer(page, "<b>Vera</b>", consequence="<i>{seconds}</i>", within=IN_TIME).get("/login")
    assert bars(shown) == ["<b>Vera</b> <i>25</i>"]


def test_only_the_last_of_several_offers_is_shown(page: Page) -> None:
    with_offer(with_offer(page, "First."), "Second.")
    assert bars(page.get("/login")) == ["Second."]


def test_a_fragment_brings_the_bar_along(page: Page, alina: Account) -> None:
    with_offer(page.sign_in(alina), target="#people-list")
    here = {"HX-Current-URL": "http://localhost/people?q=vera"}
    shown = page.get("/people", headers={**SWAP, **here})
    assert shown.soup.select("title, .topbar") == [], "it is no page"
    added = shown.element("[hx-swap-oob='beforeend:#toasts']")
    form = added.select_one("[data-undo] form")
    assert form is not None
    assert (form["hx-post"], form["hx-target"], form["action"]) == ("/undo/1", "#people-list", "/undo/1")
    assert [field["value"] for field in form.select("[name=next]")] == ["/people?q=vera"]
    assert bars(page.get("/people")) == [], "it has been shown"


def test_a_fragment_without_messages_is_only_itself(page: Page, alina: Account) -> None:
    assert page.sign_in(alina).get("/people", headers=SWAP).soup.select("[hx-swap-oob]") == []


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ("/people?q=vera", "/people?q=vera"),
        ("", "/home"),
        ("/", "/home"),
        ("https://example.org/", "/home"),
        ("//example.org/x", "/home"),
        ("/\\example.org", "/home"),
    ],
)
def test_undoing_returns_to_pages_of_the_portal_only(app: Flask, sent: str, expected: str) -> None:
    with app.test_request_context(method="POST", data={"next": sent}):
        assert page_before_undo("/home") == expected


def test_other_messages_stay_beside_the_bar(page: Page) -> None:
    with_offer(page)
    with page.client.session_transaction() as kept:
        kept["_flashes"] = [*kept["_flashes"], ("message", "Saved.")]
    shown = page.get("/login")
    assert (shown.texts("#toasts .toast-note:not([data-undo])"), bars(shown)) == (["Saved."], ["Vera is let in."])
    assert UNDO not in shown.texts("#toasts")[0]
