"""Whatever colour the office picks, text on it and in it can be read, in both themes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import OperationalError

from portal.core.extension_points import EXTENSION
from portal.web import colours
from portal.web.brand import BRAND, Brand
from tests.support.clients import Page

AA = 4.5
ANY_COLOUR = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")
Theme = Callable[..., Any]
THEMES = [
    pytest.param(colours.light_theme, (colours.WHITE, colours.LIGHT_BACKGROUND), id="light"),
    pytest.param(colours.dark_theme, (colours.DARK_SURFACE, colours.DARK_TEXT), id="dark"),
]


@pytest.mark.parametrize(("theme", "backgrounds"), THEMES)
@given(brand=ANY_COLOUR)
def test_strong_text_has_contrast_on_every_background(theme: Theme, backgrounds: tuple[Any, ...], brand: str) -> None:
    steps = theme(colours.parse(brand))
    for background in (*backgrounds, steps.soft, steps.soft_pressed):
        assert colours.contrast(steps.strong, background) >= AA


@pytest.mark.parametrize(("theme", "backgrounds"), THEMES)
@given(brand=ANY_COLOUR)
def test_the_label_of_a_filled_button_has_contrast(theme: Theme, backgrounds: tuple[Any, ...], brand: str) -> None:
    steps = theme(colours.parse(brand))
    for fill in (steps.strong, steps.strong_pressed):
        assert colours.contrast(steps.on_strong, fill) >= AA


def test_the_brand_colour_itself_has_too_little_contrast() -> None:
    """The measure can fail: the default green is too light for text on white."""
    assert colours.contrast(colours.parse("#40BA21"), colours.WHITE) < AA


def test_black_on_white_measures_twenty_one() -> None:
    assert colours.contrast(colours.BLACK, colours.WHITE) == pytest.approx(21)


def test_the_stylesheet_has_both_themes_and_follows_the_system() -> None:
    css = colours.stylesheet("#40BA21")
    assert css.count("--strong:") == 3
    assert "prefers-color-scheme:dark" in css


def test_another_colour_has_another_url() -> None:
    assert colours.version("#40BA21") != colours.version("#0055aa")


def test_a_changed_colour_is_served(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(
        page.app.extensions[EXTENSION].implementations, BRAND, lambda: Brand("Demo University", "#0055aa")
    )
    assert "--brand:#0055aa" in page.get("/brand.css").response.get_data(as_text=True)


def test_an_error_page_needs_no_database(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> Brand:
        raise OperationalError("SELECT", {}, Exception("gone"))

    monkeypatch.setitem(page.app.extensions[EXTENSION].implementations, BRAND, fail)
    assert "Demo University" in page.get("/nothing", status=404).element("title").text
