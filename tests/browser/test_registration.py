"""From the registration form to being signed in, in a real browser: how short the way is, and what helps on it."""

from __future__ import annotations

import itertools

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import sound
from tests.browser.conftest import Visitors
from tests.browser.test_accounts import LINK, mailed

pytestmark = pytest.mark.browser

CODE = r"enter this one:\s*(\d{6,8})"
SECRET = "four words and more"
MOST_INTERACTIONS = 8
_serial = itertools.count(1)


class Counted:
    """A person at a page, whose clicks and fields are counted."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.interactions = 0

    def fill(self, selector: str, value: str) -> None:
        self.interactions += 1
        self.page.fill(selector, value)

    def select(self, selector: str, value: str) -> None:
        self.interactions += 1
        self.page.select_option(selector, value)

    def press(self, name: str) -> None:
        self.interactions += 1
        self.page.locator("main").get_by_role("button", name=name, exact=True).click()

    def open_link(self, url: str) -> None:
        self.interactions += 1
        self.page.goto(url)


def registered(page: Page) -> tuple[Counted, str]:
    """Fill in what is required of the form, and return the person and their email."""
    email = f"short.way.{next(_serial)}@demo.example"
    person = Counted(page)
    page.goto("/register")
    person.fill("#first_name", "Vera")
    person.fill("#last_name", "Demo")
    person.fill("#email", email)
    person.fill("#password", SECRET)
    person.select("#graduation_year", "2020")
    person.press("Register")
    page.wait_for_url("**/register/done")
    expect(page.locator(".typed-address")).to_have_text(email)
    sound(page)
    return person, email


@pytest.mark.parametrize("width", [320, 1280])
def test_registering_and_signing_in_by_the_link_takes_at_most_eight_interactions(visitor: Visitors, width: int) -> None:
    page = visitor(width=width)
    person, email = registered(page)
    person.open_link(mailed(page, email, "Confirm your email", LINK))
    sound(page)
    person.press("Confirm my email")
    page.wait_for_url("**/waiting")
    assert person.interactions <= MOST_INTERACTIONS
    sound(page)


def test_registering_and_signing_in_by_the_code_takes_at_most_eight_interactions(visitor: Visitors) -> None:
    page = visitor(width=320)
    person, email = registered(page)
    person.fill("#code", mailed(page, email, "Confirm your email", CODE))
    person.press("Confirm my email")
    page.wait_for_url("**/waiting")
    assert person.interactions <= MOST_INTERACTIONS


@pytest.mark.parametrize("path", ["/register", "/login"])
def test_a_password_can_be_shown_and_is_sent_hidden(visitor: Visitors, path: str) -> None:
    page = visitor(width=320)
    page.goto(path)
    page.fill("#password", SECRET)
    button = page.get_by_role("button", name="Show password")
    expect(page.locator("#password")).to_have_attribute("type", "password")
    button.press("Enter")
    expect(page.locator("#password")).to_have_attribute("type", "text")
    expect(button).to_have_attribute("aria-pressed", "true")
    sound(page)
    button.click()
    expect(page.locator("#password")).to_have_attribute("type", "password")
    assert page.input_value("#password") == SECRET


def test_without_scripts_no_button_does_nothing(visitor: Visitors) -> None:
    page = visitor(java_script_enabled=False)
    page.goto("/login")
    expect(page.locator("[data-reveals]")).to_be_hidden()


def test_alumni_friends_see_no_graduation_year(visitor: Visitors) -> None:
    page = visitor(width=320)
    page.goto("/register")
    expect(page.locator("#graduation_year")).to_be_visible()
    page.get_by_label("an alumni friend").check()
    expect(page.locator("#graduation_year")).to_be_hidden()
    page.get_by_label("a graduate").check()
    expect(page.locator("#graduation_year")).to_be_visible()


def test_what_is_mended_leaves_the_summary(visitor: Visitors) -> None:
    page = visitor(width=320)
    page.goto("/register")
    page.fill("#first_name", "Vera")
    page.fill("#email", "newcomer@")
    page.get_by_role("button", name="Register").click()
    summary = page.locator("main [role=alert]")
    expect(summary.get_by_role("link")).to_have_count(3)  # email, password, year
    page.fill("#email", "newcomer@demo.example")
    page.locator("#email").blur()
    expect(summary.get_by_role("link")).to_have_count(2)
    page.fill("#password", SECRET)
    page.locator("#password").blur()
    page.select_option("#graduation_year", "2020")
    expect(summary).to_have_count(0)


@pytest.mark.parametrize(
    "path", ["/waiting", "/events", "/people", "/people/me", "/settings/profile", "/settings/privacy"]
)
@pytest.mark.parametrize(("width", "theme", "locale"), [(320, "dark", "ru-RU"), (1280, "light", "en-GB")])
def test_the_waiting_area_is_sound(visitor: Visitors, path: str, width: int, theme: str, locale: str) -> None:
    page = visitor("nina@demo.example", width=width, theme=theme, locale=locale)
    page.goto(path)
    sound(page)
