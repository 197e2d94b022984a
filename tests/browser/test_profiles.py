"""One's own profile in a real browser: the part of a photo that others see, chosen with and without scripts."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.axe import scrolls_sideways, sound
from tests.browser.conftest import Visitors
from tests.files.pictures import encoded

pytestmark = pytest.mark.browser

RED, BLUE = (200, 40, 40), (40, 40, 200)


def photo() -> FilePayload:
    """Red on its left, blue on its right."""
    image = Image.new("RGB", (800, 400), BLUE)
    image.paste(RED, (0, 0, 400, 400))
    return {"name": "me.jpg", "mimeType": "image/jpeg", "buffer": encoded(image)}


def fractions(page: Page) -> list[float]:
    values: list[str] = page.eval_on_selector_all("[data-cropper-value]", "fields => fields.map(each => each.value)")
    return [float(value or -1) for value in values]


def resize(page: Page, width: int, height: int) -> None:
    """Wait until the photo lies in the stage's new size."""
    page.set_viewport_size({"width": width, "height": height})
    page.wait_for_function(
        """() => {
            const [stage, built] = [".cropper-stage", ".cropper-container"].map((each) => document.querySelector(each));
            return built?.offsetWidth === stage.clientWidth && built.offsetHeight === stage.clientHeight
                && built.querySelector(".cropper-crop-box").offsetWidth > 0;
        }"""
    )


def saved_colour(page: Page) -> tuple[int, ...]:
    """Save the form and return the colour of the middle of the photo."""
    page.get_by_role("button", name="Save changes").click()
    page.wait_for_url("**/people/me")
    answer = page.request.get(page.locator("main img.avatar").get_attribute("src") or "")
    image = Image.open(io.BytesIO(answer.body())).convert("RGB")
    assert image.width == image.height
    colour = image.getpixel((image.width // 2, image.height // 2))
    assert isinstance(colour, tuple)
    return tuple(round(part, -1) // 100 for part in colour)


def test_a_photo_that_would_not_be_read_is_not_sent_and_nothing_typed_is_lost(visitor: Visitors) -> None:
    page = visitor("bob@demo.example", width=320, locale="ru-RU")
    page.goto("/settings/profile")
    page.get_by_label("О себе").fill("Долго думал над этими словами.")
    frame = page.locator("[data-preview]")
    at_first = frame.inner_html()
    page.set_input_files("#avatar", photo())
    expect(frame.get_by_alt_text("me.jpg")).to_have_count(1)
    page.set_input_files("#avatar", {"name": "me.jpg", "mimeType": "image/jpeg", "buffer": bytes(20_000_000)})
    expect(page.locator("#toasts").get_by_text("Файл больше 10 МБ, поэтому не загружен.")).to_be_visible()
    expect(page.get_by_role("application")).to_be_hidden()
    assert frame.inner_html() == at_first
    page.get_by_role("button", name="Сохранить").click()
    page.wait_for_url("**/people/me")
    expect(page.get_by_text("Долго думал над этими словами.")).to_be_visible()


def test_a_photo_is_cut_by_mouse_and_by_keyboard(visitor: Visitors) -> None:
    page = visitor("alina@demo.example", width=320)
    page.goto("/settings/profile")
    page.set_input_files("#avatar", {"name": "me.jpg", "mimeType": "image/jpeg", "buffer": b"no photo"})
    expect(page.get_by_label("Middle")).to_be_visible()
    page.set_input_files("#avatar", photo())
    stage = page.get_by_role("application")
    expect(stage.locator(".cropper-crop-box")).to_be_visible()
    expect(page.get_by_label("Middle")).to_be_hidden()
    assert fractions(page) == [0.25, 0, 1]
    for width, height in ((780, 390), (390, 780), (1280, 800), (320, 800)):
        resize(page, width, height)
        assert fractions(page) == [0.25, 0, 1]
    sound(page)
    stage.scroll_into_view_if_needed()
    box = stage.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"], box["y"] + box["height"] / 2, steps=5)
    page.mouse.up()
    assert fractions(page) == [0, 0, 1]
    page.get_by_role("button", name="Zoom in").click()
    assert fractions(page)[2] < 1
    stage.focus()
    for _press in range(40):
        page.keyboard.press("ArrowLeft")
    page.keyboard.press("+")
    left, _top, size = cut = fractions(page)
    assert left > 0.5
    assert size < 0.85
    resize(page, 780, 390)
    assert fractions(page) == pytest.approx(cut, abs=1e-5)
    assert saved_colour(page) == (0, 0, 2)
    page.goto("/settings/profile")
    page.get_by_role("button", name="Crop photo").click()
    expect(stage.locator(".cropper-crop-box")).to_be_visible()
    assert fractions(page) == [0, 0, 1]


def test_a_photo_is_cut_without_scripts(visitor: Visitors) -> None:
    page = visitor("alina@demo.example", java_script_enabled=False)
    for part, colour in (("Top or left end", (2, 0, 0)), ("Bottom or right end", (0, 0, 2))):
        page.goto("/settings/profile")
        page.set_input_files("#avatar", photo())
        page.get_by_label(part).check()
        assert saved_colour(page) == colour


def test_the_longest_biography_breaks_and_one_too_long_is_said_without_losing_it(visitor: Visitors) -> None:
    page = visitor("bob@demo.example", width=320)
    page.goto("/settings/profile")
    page.fill("#biography", "🦉" * 2001)
    page.keyboard.press("Tab")
    expect(page.locator("#biography-error")).to_be_visible()
    expect(page.locator("#biography")).to_have_value("🦉" * 2001)
    page.fill("#biography", f"https://a.example/{'w' * 900} {'🦉' * 1000}")
    page.get_by_role("button", name="Save changes").click()
    page.wait_for_url("**/people/me")
    expect(page.locator(".prose a")).to_be_visible()
    assert not scrolls_sideways(page)


def test_preview_follows_each_choice_and_marks_what_is_not_saved(visitor: Visitors) -> None:
    page = visitor("bob@demo.example", width=1280)
    page.goto("/settings/privacy")
    email = page.locator("[data-preview-field=email]")
    expect(email).to_be_hidden()
    expect(page.locator("[data-preview-hidden]")).to_contain_text("Email address")
    page.locator("[data-field=email]").get_by_label("All alumni").check(force=True)
    expect(email).to_be_visible()
    expect(email).to_contain_text("Not saved yet")
    expect(page.locator("[data-changes-note]")).to_have_text("1 change: Email address, from Only me to Alumni")
    page.get_by_role("button", name="Visitors").click()
    expect(email).to_be_hidden()
    page.locator("[data-field=email]").get_by_label("Everyone, signed in or not").check(force=True)
    expect(email).to_be_visible()
    expect(page.locator("[data-public-note]")).to_contain_text("sees this and your name")
    expect(page.locator("[data-preview-photo]")).to_be_hidden()
    page.get_by_role("button", name="Save changes").click()
    expect(page.locator("[data-changes-note]")).to_be_hidden()
    assert page.locator("[data-field=email] :checked").input_value() == "public"
