"""Names that could be anybody's: of Russia above all, and of where its students come from."""

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
    """``latin`` is the same name in ASCII, for the address."""

    first: str
    last: str
    latin: tuple[str, str]
    russian: bool
    woman: bool


@dataclass(frozen=True, slots=True)
class Pool:
    """First and last names of some countries."""

    firsts: tuple[str, ...]
    lasts: tuple[str, ...]


@cache
def _abroad() -> dict[str, Pool]:
    """By country; neighbours share one pool."""
    pools = {}
    for row in _rows("names_abroad.csv"):
        pool = Pool(tuple(row["first_names"].split()), tuple(row["last_names"].split()))
        pools.update(dict.fromkeys(row["countries"].split(), pool))
    return pools


@cache
def _russia(kind: str) -> tuple[tuple[str, str], ...]:
    """Pairs of a name and its Latin spelling; surnames in the masculine form."""
    return tuple((row["name"], row["latin"]) for row in _rows("names_russia.csv") if row["kind"] == kind)


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def draw(dice: Random, country: str) -> Name:
    """A name for somebody who lives in ``country``; most of those abroad grew up in Russia."""
    if country in _abroad() and dice.random() < 0.35:
        return _from_abroad(dice, _abroad()[country])
    if dice.random() < 0.05:
        return _from_abroad(dice, dice.choice(list(_abroad().values())))
    return _russian(dice)


def _from_abroad(dice: Random, pool: Pool) -> Name:
    first, last = dice.choice(pool.firsts), dice.choice(pool.lasts)
    return Name(first, last, (_ascii(first), _ascii(last)), russian=False, woman=dice.random() < 0.5)


def _russian(dice: Random) -> Name:
    is_woman = dice.random() < 0.42
    first, first_latin = dice.choice(_russia("female" if is_woman else "male"))
    last, last_latin = dice.choice(_russia("surname"))
    if is_woman:
        last, last_latin = f"{last}а", f"{last_latin}a"
    ascii_name = _ascii(first_latin), _ascii(last_latin)
    if dice.random() < 0.45:
        return Name(first, last, ascii_name, russian=True, woman=is_woman)
    return Name(first_latin, last_latin, ascii_name, russian=False, woman=is_woman)


def _ascii(name: str) -> str:
    return "".join(sign for sign in fold(name) if sign.isascii() and sign.isalpha())
