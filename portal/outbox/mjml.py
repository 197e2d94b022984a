"""The compiler of mails: each kind's ``body.mjml`` becomes the committed ``body.html`` that Jinja renders.

``flask build-mails`` runs it. The library ``mrml`` is a requirement of development only, so it is imported when needed.
"""

from __future__ import annotations

import re
from pathlib import Path

from config import ROOT

MAILS = ROOT / "templates" / "mail"
LAYOUT = MAILS / "layout.mjml"
CONTENT_MARKER = "<!-- content -->"
JINJA = re.compile(r"{{.*?}}|{%.*?%}|{#.*?#}", re.DOTALL)


def sources() -> list[Path]:
    """Return the paths of ``body.mjml`` of all kinds of email, sorted."""
    return sorted(MAILS.glob("*/*/body.mjml"))


def compile_mail(source: Path) -> str:
    """Return the HTML of a ``body.mjml`` within the layout, as tables with inlined styles; Jinja expressions are kept.

    Raise ``OSError`` for MJML that is wrong or only compiles with a warning.
    """
    import mrml

    mjml = LAYOUT.read_text(encoding="utf-8").replace(CONTENT_MARKER, source.read_text(encoding="utf-8"))
    expressions = JINJA.findall(mjml)
    numbers = iter(range(len(expressions)))
    # The compiler reads XML, which the quotes in Jinja's expressions would break, so each is replaced by a plain word.
    output = mrml.to_html(JINJA.sub(lambda _: f"jinja-{next(numbers)}-", mjml))
    if output.warnings:
        raise OSError(f"{source}: {output.warnings}")
    return re.sub(r"jinja-(\d+)-", lambda match: expressions[int(match[1])], str(output.content)) + "\n"


def build() -> list[Path]:
    """Compile the MJML of every email, write each ``body.html`` that has changed, and return the paths of these files.

    Raise ``OSError`` for MJML that is wrong.
    """
    changed = []
    for source in sources():
        target, html = source.with_suffix(".html"), compile_mail(source)
        if not target.exists() or target.read_text(encoding="utf-8") != html:
            target.write_text(html, encoding="utf-8")
            changed.append(target)
    return changed
