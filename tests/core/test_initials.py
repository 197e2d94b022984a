"""Initials of names in any script."""

from __future__ import annotations

import pytest

from portal.core.text import initials

JOINER = "\u200c"


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("Alina", "Galieva", "AG"),
        ("алла", "ёлкина", "АЁ"),
        ("محمد", "أحمد", f"م{JOINER}أ"),
        ("Anna", "احمد", f"A{JOINER}ا"),
        ("ܡܪܝܡ", "ܫܡܥܘܢ", f"ܡ{JOINER}ܫ"),
        ("小明", "王", f"小{JOINER}王"),
        ("Cher", "", "C"),
        ("", "سلمى", "س"),
        ("", "", ""),
    ],
)
def test_initials_are_capitals_and_never_join(first: str, last: str, expected: str) -> None:
    assert initials(first, last) == expected
