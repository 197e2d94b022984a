"""The axe engine, which finds the rules of WCAG 2.2 AA that a page breaks."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

SOURCE = Path(__file__).with_name("axe.min.js").read_text()
RUN = """async (tags) => {
    const found = await axe.run(document, {runOnly: {type: "tag", values: tags}, resultTypes: ["violations"]});
    const elements = ({nodes}) => nodes.slice(0, 5).map(({target}) => target.join(" ")).join(", ");
    return found.violations.map((violation) => `${violation.id}: ${elements(violation)}`);
}"""
RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]


def accompany(page: Page) -> None:
    """Have the engine in every page that will be opened: quicker than to send it to each."""
    page.add_init_script(SOURCE)


def violations(page: Page) -> list[str]:
    """One line per broken rule, with the elements that break it."""
    if not page.evaluate("() => typeof window.axe === 'object'"):
        page.evaluate(SOURCE)
    broken: list[str] = page.evaluate(RUN, RULES)
    return broken


def scrolls_sideways(page: Page) -> bool:
    return bool(page.evaluate("() => document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def sound(page: Page, scripts: bool = True) -> None:
    """Check that the page fits its width and, where scripts run (axe needs them), breaks no rule of accessibility."""
    broken = violations(page) if scripts else []
    assert broken == [], broken
    assert not scrolls_sideways(page), "the page scrolls sideways"
