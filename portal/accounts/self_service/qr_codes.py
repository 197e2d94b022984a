"""QR codes, drawn here because what they say must not go through anybody else's server."""

from __future__ import annotations

import io

from markupsafe import Markup


def qr_code(text: str) -> Markup:
    """Return an SVG element with the QR code of ``text`` in black on white; style sheets set its size."""
    import segno  # needed on one page only

    svg = io.BytesIO()
    code = segno.make(text, error="m", micro=False)
    code.save(svg, kind="svg", xmldecl=False, svgns=False, omitsize=True, border=4, dark="#000", light="#fff")
    return Markup(svg.getvalue().decode())  # noqa: S704 - segno's drawing holds shapes, none of the text
