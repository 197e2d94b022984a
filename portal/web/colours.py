"""Shades of the brand colour with enough contrast on each background, in both themes.

The brand colour itself fills shapes; text, links and buttons take a darker (in the dark theme: lighter) shade.
"""

from __future__ import annotations

import colorsys
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

Rgb = tuple[float, float, float]

LIGHT_BACKGROUND: Rgb = (247, 248, 244)
DARK_SURFACE: Rgb = (27, 31, 26)
DARK_TEXT: Rgb = (19, 22, 18)
WHITE: Rgb = (255, 255, 255)
BLACK: Rgb = (0, 0, 0)
SOFT_SHARE = 0.115
DARK_SOFT_SHARE = 0.17
LEGIBLE_LIGHT = 4.6
LEGIBLE_DARK = 7.0
STEP = 0.02


@dataclass(frozen=True, slots=True)
class Theme:
    """Shades of one theme: ``strong`` is legible on the surface and on ``soft``, ``on_strong`` on ``strong``."""

    strong: Rgb
    strong_pressed: Rgb
    soft: Rgb
    soft_pressed: Rgb
    on_strong: Rgb


def parse(colour: str) -> Rgb:
    """Return the red, green and blue of a colour such as ``#40BA21``, each from 0 to 255."""
    red, green, blue = (float(int(colour[start : start + 2], 16)) for start in (1, 3, 5))
    return red, green, blue


def hexadecimal(colour: Rgb) -> str:
    """Return a colour as ``#40ba21``, with its parts rounded."""
    return "#" + "".join(f"{round(part):02x}" for part in colour)


def luminance(colour: Rgb) -> float:
    """Return the relative luminance of a colour as WCAG 2 defines it, from 0 to 1."""
    shares = (round(part) / 255 for part in colour)
    red, green, blue = (s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Rgb, other: Rgb) -> float:
    """Return the contrast ratio of two colours as WCAG 2 defines it, from 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def mix(colour: Rgb, background: Rgb, share: float) -> Rgb:
    """Return the mixture of two colours: ``share`` (0 to 1) of ``colour``, the rest of ``background``."""
    red, green, blue = (background[i] + (colour[i] - background[i]) * share for i in range(3))
    return red, green, blue


def with_lightness(colour: Rgb, share: float) -> Rgb:
    """Return the colour moved by ``share`` towards white, or towards black if negative, in its hue and saturation."""
    hue, light, saturation = colorsys.rgb_to_hls(*(part / 255 for part in colour))
    light += (1 - light) * share if share > 0 else light * share
    red, green, blue = (part * 255 for part in colorsys.hls_to_rgb(hue, light, saturation))
    return red, green, blue


def legible(colour: Rgb, backgrounds: tuple[Rgb, ...], ratio: float, step: float) -> Rgb:
    """Return the colour, moved in steps of ``step`` until its contrast reaches ``ratio`` on every background.

    Positive steps lead to white, negative ones to black. If no shade is enough, white or black is returned.
    """
    share = 0.0
    while (
        abs(share) < 1
        and min(contrast(with_lightness(colour, share), background) for background in backgrounds) < ratio
    ):
        share += step
    return with_lightness(colour, max(-1.0, min(share, 1.0)))


def light_theme(brand: Rgb) -> Theme:
    """Return the shades of the light theme for a brand colour."""
    soft, soft_pressed = mix(brand, WHITE, SOFT_SHARE), mix(brand, WHITE, SOFT_SHARE * 1.8)
    strong = legible(brand, (soft_pressed, LIGHT_BACKGROUND), LEGIBLE_LIGHT, -STEP)
    return Theme(strong, mix(strong, BLACK, 0.85), soft, soft_pressed, WHITE)


def dark_theme(brand: Rgb) -> Theme:
    """Return the shades of the dark theme for a brand colour."""
    soft, soft_pressed = mix(brand, DARK_TEXT, DARK_SOFT_SHARE), mix(brand, DARK_TEXT, DARK_SOFT_SHARE * 1.4)
    strong = legible(brand, (soft_pressed, DARK_SURFACE), LEGIBLE_DARK, STEP)
    return Theme(strong, mix(strong, WHITE, 0.8), soft, soft_pressed, DARK_TEXT)


def declarations(theme: Theme) -> str:
    """Return the CSS declarations of a theme's shades as custom properties: ``--strong:#…;`` and so on."""
    red, green, blue = (round(part) for part in theme.strong)
    return "".join(
        f"--{name}:{value};"
        for name, value in {
            "strong": hexadecimal(theme.strong),
            "strong-rgb": f"{red},{green},{blue}",
            "strong-pressed": hexadecimal(theme.strong_pressed),
            "soft": hexadecimal(theme.soft),
            "soft-pressed": hexadecimal(theme.soft_pressed),
            "on-strong": hexadecimal(theme.on_strong),
        }.items()
    )


@lru_cache(maxsize=8)
def stylesheet(colour: str) -> str:
    """Return the style sheet that sets the shades of a brand colour (``#rrggbb``) for both themes."""
    brand = parse(colour)
    light, dark = declarations(light_theme(brand)), declarations(dark_theme(brand))
    return (
        f":root{{--brand:{colour.lower()};{light}}}\n"
        f'[data-bs-theme="dark"]{{{dark}}}\n'
        f'@media (prefers-color-scheme:dark){{:root:not([data-bs-theme="light"]){{{dark}}}}}\n'
    )


def version(colour: str) -> str:
    """Return a hash of the style sheet of a brand colour, ten hexadecimal digits, to make its URL unique."""
    return sha256(stylesheet(colour).encode()).hexdigest()[:10]
