"""Following somebody with scripts, on a phone, by the keyboard alone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import sound
from tests.browser.conftest import Visitors

pytestmark = pytest.mark.browser


def open_other_person(page: Page) -> None:
    """Open the page of a participant of the first event whom the viewer can follow."""
    page.goto("/events")
    page.locator(".event-card .row-link").first.click()
    page.wait_for_url(re.compile(r"/events/[0-9a-f-]{36}$"))
    page.goto(f"{page.url}/people")
    for url in page.locator(".rows .row-link").evaluate_all("links => links.map(link => link.href)"):
        page.goto(url)
        if page.get_by_role("button", name="Follow", exact=True).count():
            return


def test_following_unfollowing_and_undoing_keep_the_focus_and_say_so(visitor: Visitors) -> None:
    page = visitor("bob@demo.example", width=320)
    open_other_person(page)
    control, live, followers = page.locator("#follow"), page.locator("#live"), page.locator(".follows-counts a").first
    number = int(followers.inner_text().split()[0])
    steps = (
        ("Follow", "Unfollow", "You now follow this person.", number + 1),
        ("Unfollow", "Follow", "You no longer follow this person. To undo it, press Z.", number),
    )
    control.focus()
    for before, after, said, count in steps:
        expect(control).to_have_text(before)
        page.keyboard.press("Enter")
        expect(control).to_have_text(after)
        expect(control).to_be_focused()
        expect(live).to_have_text(said)
        expect(followers).to_have_text(re.compile(rf"^{count} follower"))
        sound(page)
