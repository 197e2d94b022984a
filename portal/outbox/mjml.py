"""Compiling mails: ``body.mjml`` beside each kind's text becomes the committed ``body.html`` that Jinja renders.

``flask build-mails`` runs it; serving processes never load the compiler.
"""

from __future__ import annotations

import re
from pathlib import Path

from config import ROOT

MAILS = ROOT / "templates" / "mail"
LAYOUT = MAILS / "layout.mjml"
PLACE = "<!-- content -->"
JINJA = re.compile(r"{{.*?}}|{%.*?%}|{#.*?#}", re.DOTALL)


def sources() -> list[Path]:
    """The body of every kind of mail."""
    return sorted(MAILS.glob("*/*/body.mjml"))


def compiled(source: Path) -> str:
    """The body within the layout, as tables with inlined styles; raises ``OSError`` when it is no MJML."""
    import mrml

    whole = LAYOUT.read_text(encoding="utf-8").replace(PLACE, source.read_text(encoding="utf-8"))
    spoken = JINJA.findall(whole)
    numbers = iter(range(len(spoken)))
    # The compiler reads XML and knows nothing of Jinja's quotes, so it sees a plain word in place of each.
    output = mrml.to_html(JINJA.sub(lambda _: f"jinja-{next(numbers)}-", whole))
    if output.warnings:
        raise OSError(f"{source}: {output.warnings}")
    return re.sub(r"jinja-(\d+)-", lambda found: spoken[int(found[1])], str(output.content)) + "\n"


def build() -> list[Path]:
    """Write what is not current and return it."""
    changed = []
    for source in sources():
        target, html = source.with_suffix(".html"), compiled(source)
        if not target.exists() or target.read_text(encoding="utf-8") != html:
            target.write_text(html, encoding="utf-8")
            changed.append(target)
    return changed
