"""Plain text of people as HTML: paragraphs with links, each in the direction of its own script."""

from __future__ import annotations

import re
from functools import lru_cache

from linkify_it.main import LinkifyIt
from linkify_it.tlds import TLDS
from markupsafe import Markup, escape

from portal.core.text import DIRECTION_MARKS, with_closed_directions

LINK = Markup('<a href="{}" rel="nofollow ugc noopener noreferrer">{}</a>')
REFUSED_SCHEMES = ("ftp:", "mailto:", "//")
MARK = re.compile(f"([{DIRECTION_MARKS}])")


def paragraphs(text: str) -> Markup:
    """Return plain text as HTML: blank lines separate paragraphs, URLs become links, everything else is escaped.

    Neither a paragraph nor a link can reverse the direction of the text beside it.
    """
    blocks = [block.strip() for block in text.replace("\r\n", "\n").split("\n\n")]
    return Markup("").join(
        Markup('<p dir="auto">{}</p>').format(Markup("<br>").join(linked_line(line) for line in block.split("\n")))
        for block in blocks
        if block
    )


def linked_line(line: str) -> Markup:
    """Return one line of plain text as HTML, in which URLs are links and all else is escaped.

    Direction marks end a URL, because applications put them around copied text.
    """
    return Markup("").join(_linked(part) for part in MARK.split(with_closed_directions(line)))


def _linked(text: str) -> Markup:
    html, end = Markup(""), 0
    for link in _finder().match(text) or ():
        if link.schema or link.text.lower().startswith("www."):
            html += escape(text[end : link.index]) + LINK.format(link.url, link.text)
            end = link.last_index
    return html + escape(text[end:])


@lru_cache(maxsize=1)
def _finder() -> LinkifyIt:
    """Return the finder of http and https URLs and of host names without a scheme; other schemes are disabled."""
    finder = LinkifyIt(options={"fuzzy_link": True, "fuzzy_email": False, "fuzzy_ip": False})
    for schema in REFUSED_SCHEMES:
        finder.add(schema, None)
    finder.tlds([name.lower().encode().decode("idna") for name in TLDS])
    return finder
