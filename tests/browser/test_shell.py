"""What scripts add to every page, and what is there without them."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Dialog, Page, expect

from tests.browser.conftest import Visitors

pytestmark = pytest.mark.browser

LIGHT, DARK = "rgb(247, 248, 244)", "rgb(19, 22, 18)"


def expect_ground(page: Page, colour: str) -> None:
    """Return the background once the browser has painted it: even a transition of no length takes a frame."""
    expect(page.locator("body")).to_have_css("background-color", colour)


def test_the_system_decides_on_the_theme_at_first(visitor: Visitors) -> None:
    page = visitor(theme="dark")
    page.goto("/login")
    expect_ground(page, DARK)


def test_a_chosen_theme_shows_at_once_and_stays(visitor: Visitors) -> None:
    page = visitor(theme="dark")
    page.goto("/login")
    with page.expect_response("**/preferences/theme"):
        page.get_by_role("button", name="Light").click()
    expect_ground(page, LIGHT)
    page.reload()
    expect_ground(page, LIGHT)


def test_a_theme_can_be_chosen_without_scripts(visitor: Visitors) -> None:
    page = visitor(theme="light", java_script_enabled=False)
    page.goto("/login")
    page.get_by_role("button", name="Dark").click()
    expect(page).to_have_url(re.compile("/login$"))
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")


def test_the_language_is_chosen_by_a_button(visitor: Visitors) -> None:
    page = visitor()
    page.goto("/login")
    page.get_by_role("button", name="Русский").click()
    expect(page.locator("h1")).to_have_text("Войти")


def test_the_first_tab_leads_to_the_content(visitor: Visitors) -> None:
    page = visitor("bob@demo.example")
    page.goto("/home")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def bars_over_the_focus(page: Page) -> list[str]:
    """Return the elements that get the focus on the way through the page while a bar covers them."""
    hidden: list[str] = []
    for _stop in range(80):
        page.keyboard.press("Tab")
        found = page.evaluate(COVERED)
        if found == "end":
            return hidden
        hidden += [found] if found else []
    raise AssertionError("the page has no end")


COVERED = """() => {
  const focused = document.activeElement;
  if (focused === document.body || focused.matches(".footer *")) return "end";
  const box = focused.getBoundingClientRect();
  const bars = [...document.querySelectorAll(".bottombar")].filter((bar) => !bar.contains(focused));
  const isCovered = (bar) => box.bottom > bar.getBoundingClientRect().top;
  return bars.some(isCovered) ? focused.outerHTML.slice(0, 120) : "";
}"""


@pytest.mark.parametrize("path", ["/events/new", "/settings/profile"])
def test_no_bar_lies_over_what_has_the_focus(visitor: Visitors, path: str) -> None:
    page = visitor("bob@demo.example", width=320)
    page.goto(path)
    assert bars_over_the_focus(page) == []


def test_the_menu_closes_with_escape_and_gives_the_focus_back(visitor: Visitors) -> None:
    page = visitor("bob@demo.example")
    page.goto("/home")
    menu = page.locator(".topbar details")
    menu.locator("summary").click()
    expect(menu.get_by_role("button", name="Sign out")).to_be_visible()
    page.keyboard.press("Escape")
    expect(menu.get_by_role("button", name="Sign out")).to_be_hidden()
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_a_dialog_keeps_the_focus_and_closes(visitor: Visitors) -> None:
    page = visitor()
    page.goto("/dev/components")
    page.get_by_role("button", name="Dialog").click()
    dialog = page.get_by_role("dialog", name="Leave Winter gathering in Kazan?")
    expect(dialog.get_by_role("button", name="Stay")).to_be_focused()
    dialog.get_by_role("button", name="Stay").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("button", name="Dialog")).to_be_focused()


def test_a_dialog_with_a_field_begins_in_it(visitor: Visitors) -> None:
    page = visitor("mona@demo.example")
    page.goto("/events")
    page.locator(".row-link").first.click()
    page.get_by_role("button", name="Unpublish").press("Space")
    expect(page.locator("#decline-dialog textarea")).to_be_focused()
    page.get_by_role("dialog").get_by_role("button", name="Close").click()
    expect(page.locator("#decline-dialog")).to_be_hidden()


def test_what_is_copied_is_not_what_the_browser_made_of_the_page(visitor: Visitors) -> None:
    page = visitor()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/dev/components")
    page.evaluate("document.getElementById('sample-words').textContent = 'vier Wörter und mehr'")
    page.get_by_role("button", name="Copy").click()
    expect(page.locator(".toast-note").last).to_have_text("Copied.")
    assert page.evaluate("navigator.clipboard.readText()") == "four words and more"


def test_a_dialog_opens_without_scripts(visitor: Visitors) -> None:
    page = visitor(java_script_enabled=False)
    page.goto("/dev/components")
    page.get_by_role("link", name="Dialog").click()
    expect(page.get_by_text("Your place goes to the first person on the waiting list.")).to_be_visible()


def test_a_field_is_checked_when_it_is_left(visitor: Visitors) -> None:
    page = visitor()
    page.goto("/register")
    page.fill("#password", "short")
    page.locator("#email").focus()
    expect(page.locator("#password-field .field-error")).to_be_visible()
    expect(page.locator("#password")).to_have_attribute("aria-invalid", "true")
    page.fill("#password", "a long enough password")
    page.locator("#email").focus()
    expect(page.locator("#password-field .field-error")).to_have_count(0)


def test_a_refused_form_keeps_what_was_typed_and_takes_the_focus(visitor: Visitors) -> None:
    page = visitor()
    page.goto("/register")
    page.fill("#first_name", "Vera")
    page.get_by_role("button", name="Register").click()
    expect(page.locator("[data-focus]")).to_be_focused()
    expect(page.locator("#first_name")).to_have_value("Vera")


def sent(page: Page, path: str) -> list[str]:
    found: list[str] = []
    page.on("request", lambda request: found.append(request.method) if request.url.endswith(path) else None)
    return found


def test_a_double_click_sends_a_form_once(visitor: Visitors) -> None:
    page = visitor()
    page.goto("/verify/resend")
    page.fill("#email", "nobody@example.org")
    requests = sent(page, "/verify/resend")
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.get_by_role("button", name="Send a new link").dblclick()
    page.wait_for_load_state("networkidle")
    assert requests.count("POST") == 1


def test_a_message_of_what_happened_is_shown_and_read_out_once(visitor: Visitors) -> None:
    page = visitor("bob@demo.example")
    page.goto("/settings/profile")
    page.get_by_role("button", name="Save changes").click()
    said = "Profile saved."
    expect(page.locator("#toasts .toast-note")).to_have_text(said)
    expect(page.locator("#live")).to_have_text(said)
    expect(page.get_by_role("status")).to_have_count(1)


def test_leaving_typed_text_asks_once(visitor: Visitors) -> None:
    page = visitor("bob@demo.example")
    page.goto("/settings/profile")
    page.locator("#work").press_sequentially("x")
    asked: list[str] = []

    def accept(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", accept)
    page.get_by_role("link", name="Map", exact=True).first.click()
    page.wait_for_url("**/map")
    assert asked == ["beforeunload"]


def test_show_more_appends_updates_the_url_and_moves_the_focus(visitor: Visitors) -> None:
    page = visitor("bob@demo.example")
    page.goto("/events")
    titles = page.locator("#events-list .row-link")
    before = titles.count()
    page.get_by_role("link", name="Show more").click()
    page.wait_for_url("**until=**")
    expect(titles.nth(before)).to_be_focused()
    page.go_back()
    expect(titles).to_have_count(before)


def test_nothing_moves_for_whoever_asked_for_stillness(visitor: Visitors) -> None:
    page = visitor()
    page.goto("/login")
    longest = page.evaluate("getComputedStyle(document.querySelector('.btn')).transitionDuration")
    assert {float(part.strip().rstrip("s")) for part in longest.split(",")} <= {1e-05}
