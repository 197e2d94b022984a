"""Texts of the office as HTML: plain text with headings, links and the office's email, and no markup."""

from __future__ import annotations

import re

from email_validator import EmailNotValidError, validate_email
from markupsafe import Markup, escape

from portal.settings import registry
from portal.settings.institution import INSTITUTION_NAME
from portal.texts.settings import CONTACT_EMAIL
from portal.web.templating.rich_text import linked_line

HEADING_MAX = 80
EMAIL = re.compile(r"[^\s<>()\[\],;:\"“”«»]+@[^\s<>()\[\],;:\"“”«»]+\.[^\s<>()\[\],;:\"“”«».]+")


def contact_email() -> str:
    """Return the email at which people reach the office."""
    return registry.get(CONTACT_EMAIL)


def to_html(text: str) -> Markup:
    """Return a text as HTML; ``{institution}`` and ``{contact}`` stand for the institution's name and office's email.

    Blank lines separate blocks. The first of several lines of a block is its heading, if it is short and does not end
    like a sentence; each other line is a paragraph. URLs and emails become links, all else is escaped.
    """
    filled = text.replace("{institution}", registry.get(INSTITUTION_NAME)).replace("{contact}", contact_email())
    blocks = re.split(r"\n\s*\n", filled.replace("\r\n", "\n").strip())
    return Markup("\n").join(_block([line.strip() for line in block.split("\n") if line.strip()]) for block in blocks)


def _block(lines: list[str]) -> Markup:
    html = Markup("")
    if len(lines) > 1 and len(lines[0]) <= HEADING_MAX and not lines[0].endswith((".", ",", ":", ";", "…")):
        html, lines = Markup("<h2>{}</h2>").format(lines[0]), lines[1:]
    return html + Markup("").join(Markup("<p>{}</p>").format(_line(line)) for line in lines)


def _line(line: str) -> Markup:
    html, end = Markup(""), 0
    for found in EMAIL.finditer(line):
        if _is_email(found[0]):
            html += linked_line(line[end : found.start()])
            html += Markup('<a href="mailto:{}" translate="no">{}</a>').format(found[0], escape(found[0]))
            end = found.end()
    return html + linked_line(line[end:])


def _is_email(text: str) -> bool:
    try:
        validate_email(text, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return False
    return True
