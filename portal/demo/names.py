"""Random names, mostly Russian, and of the countries where the students come from."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

from portal.core.text import fold

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Name:
    """A first and a last name; ``latin`` is both in ASCII, for the email.

    ``is_russian`` says that the name is written in Cyrillic.
    """

    first: str
    last: str
    latin: tuple[str, str]
    is_russian: bool
    is_woman: bool


@dataclass(frozen=True, slots=True)
class NamePool:
    """First and last names that are common in one group of countries."""

    firsts: tuple[str, ...]
    lasts: tuple[str, ...]


@cache
def _pools_abroad() -> dict[str, NamePool]:
    """Return the pool of names of each country outside Russia, by country code; neighbouring countries share one."""
    pools = {}
    for row in _rows("names_abroad.csv"):
        pool = NamePool(tuple(row["first_names"].split()), tuple(row["last_names"].split()))
        pools.update(dict.fromkeys(row["countries"].split(), pool))
    return pools


@cache
def _russian_names(kind: str) -> tuple[tuple[str, str], ...]:
    """Return Russian names of a kind (``male``, ``female`` or ``surname``), each with its Latin spelling.

    Surnames are in the masculine form.
    """
    return tuple((row["name"], row["latin"]) for row in _rows("names_russia.csv") if row["kind"] == kind)


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def random_name(rng: Random, country: str) -> Name:
    """Return a random name for somebody who lives in the country with this code.

    Most names are Russian, in Cyrillic or Latin letters, because most of those who live abroad grew up in Russia.
    """
    if country in _pools_abroad() and rng.random() < 0.35:
        return _from_abroad(rng, _pools_abroad()[country])
    if rng.random() < 0.05:
        return _from_abroad(rng, rng.choice(list(_pools_abroad().values())))
    return _russian(rng)


def _from_abroad(rng: Random, pool: NamePool) -> Name:
    first, last = rng.choice(pool.firsts), rng.choice(pool.lasts)
    return Name(first, last, (_ascii(first), _ascii(last)), is_russian=False, is_woman=rng.random() < 0.5)


def _russian(rng: Random) -> Name:
    is_woman = rng.random() < 0.42
    first, first_latin = rng.choice(_russian_names("female" if is_woman else "male"))
    last, last_latin = rng.choice(_russian_names("surname"))
    if is_woman:
        last, last_latin = f"{last}а", f"{last_latin}a"
    ascii_name = _ascii(first_latin), _ascii(last_latin)
    if rng.random() < 0.45:
        return Name(first, last, ascii_name, is_russian=True, is_woman=is_woman)
    return Name(first_latin, last_latin, ascii_name, is_russian=False, is_woman=is_woman)


def _ascii(name: str) -> str:
    return "".join(char for char in fold(name) if char.isascii() and char.isalpha())
