"""QR codes, drawn here: what they say must not go through anybody else's server."""

from __future__ import annotations

import io

from markupsafe import Markup


def qr_code(text: str) -> Markup:
    """An SVG element of black squares on white that says ``text``; its size is for style sheets to decide."""
    import segno  # needed on one page only

    drawn = io.BytesIO()
    code = segno.make(text, error="m", micro=False)
    code.save(drawn, kind="svg", xmldecl=False, svgns=False, omitsize=True, border=4, dark="#000", light="#fff")
    return Markup(drawn.getvalue().decode())  # noqa: S704 - segno's drawing holds shapes, none of the text
