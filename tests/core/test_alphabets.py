"""Sort keys put names in the viewer's alphabet, as CLDR has it."""

from __future__ import annotations

import random
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.alphabets import READERS, sort_key

LATIN = [
    "Adams",
    "Äkäslompolo",
    "de la Cruz",
    "Muller",
    "Müller",
    "O'Brien",
    "Obama",
    "Saint-Exupéry",
    "Zimmer",
    "Żółć",
]
CYRILLIC = [
    "Абрамов",
    "Аяз",
    "Әлия",
    "Борис",
    "Давыдов",
    "Егоров",
    "Еж",
    "Ёж",
    "Ёлкин Анна",
    "Елкин Борис",
    "Елкина",
    "Емелин",
    "Жук",
    "Иванов Пётр",
    "Иванова Анна",
    "Ильин",
    "Йодов",
    "Кац",
    "Щукин",
    "Эйлер",
    "Юдин",
    "Яшин",
]
OTHERS = ["محمد", "王"]


@pytest.mark.parametrize(
    ("language", "expected"), [("ru", [*CYRILLIC, *LATIN, *OTHERS]), ("en", [*LATIN, *CYRILLIC, *OTHERS])]
)
def test_names_are_in_the_order_of_the_viewers_alphabet(language: str, expected: list[str]) -> None:
    shuffled = random.Random(7).sample(expected, len(expected))
    assert sorted(shuffled, key=lambda name: sort_key(name, language)) == expected


@pytest.mark.parametrize("language", READERS)
@given(st.text("аеёйиABÖöøßґіү ’-", max_size=20))
def test_composition_case_and_blanks_make_no_difference(language: str, text: str) -> None:
    key = sort_key(text, language)
    assert sort_key(unicodedata.normalize("NFD", text), language) == key
    assert sort_key(f"  {text.replace(' ', '   ')} ", language) == key
    assert sort_key(text.swapcase(), language) == key


@pytest.mark.parametrize("language", READERS)
@pytest.mark.parametrize(("first", "second"), [("Ёлкин А", "Елкин Б"), ("Müller A", "Muller B"), ("Żak A", "Zak B")])
def test_accents_count_only_where_all_else_is_equal(language: str, first: str, second: str) -> None:
    assert sort_key(first, language) < sort_key(second, language)
