"""Amounts of money: read from what people type without losing a digit, stored in minor units, written exactly.

A minor unit is the smallest part of a currency by ISO 4217, such as the cent; an amount in minor units is an integer.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal, InvalidOperation

from flask_babel import gettext as _

from portal.core.errors import Invalid

USUAL_DIGITS = 2
NO_DIGITS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF".split()  # noqa: SIM905 - to be read
THREE_DIGITS = "BHD IQD JOD KWD LYD OMR TND".split()  # noqa: SIM905 - to be read
DIGITS = dict.fromkeys(NO_DIGITS, 0) | dict.fromkeys(THREE_DIGITS, 3)
"""Digits after the point by currency code (ISO 4217), where they are not two."""
TYPED_MAX = 40
GROUP = 3
_GROUP_SIGNS = "'’"
_PARTS = re.compile(r"-?[0-9]*(?:[.,][0-9]*)*")


def digits_of(currency: str) -> int:
    """Return how many digits after the point an amount in a currency has by ISO 4217."""
    return DIGITS.get(currency, USUAL_DIGITS)


def to_minor_units(amount: Decimal, currency: str) -> int:
    """Return an amount of a currency in minor units; raise ``Invalid`` (``too_fine``) if it is no whole number of them.

    The field of the error is left open.
    """
    digits = digits_of(currency)
    minor = amount.scaleb(digits)
    if minor != minor.to_integral_value():
        raise Invalid("too_fine", too_fine(digits))
    return int(minor)


def from_minor_units(minor: int, currency: str) -> Decimal:
    """Return an amount in minor units as a decimal number of the currency."""
    return Decimal(minor).scaleb(-digits_of(currency))


def json_number(minor: int, currency: str) -> int | float:
    """Return an amount in minor units as the number that JSON holds: an integer if it is whole, else the exact decimal.

    >>> json_number(1250, "EUR"), json_number(1200, "EUR")
    (12.5, 12)
    """
    amount = from_minor_units(minor, currency)
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def parse_amount(text: str) -> Decimal | None:
    """Return the amount that a person typed, ``None`` for blank text; nothing is rounded or cut.

    Digits may be grouped in threes by blanks of any kind or apostrophes, or by points or commas where that is certain:
    ``1 000``, ``1,000,000``, ``1.000,50``. The fraction follows a point or comma. Raise ``ValueError`` with a sentence
    for people if the text is no number, or one of two: ``1,000`` is a thousand to some and one to others.
    """
    typed = "".join(map(_plain, text.strip()))
    if not typed:
        return None
    number = _without_blanks(typed)
    if number is None or len(number) > TYPED_MAX or not _PARTS.fullmatch(number) or not any(map(str.isdigit, number)):
        raise ValueError(_("This must be a number."))
    try:
        return Decimal(_with_point(number, text.strip()))
    except InvalidOperation:
        raise ValueError(_("This must be a number.")) from None


def too_fine(digits: int) -> str:
    """Return the sentence that an amount has more digits after the point than its currency, which has ``digits``."""
    if not digits:
        return _("This currency has no fractions. Enter a whole number.")
    return _("This currency has at most %(digits)s digits after the point.", digits=digits)


def _plain(character: str) -> str:
    """Return a character with every kind of blank as U+0020, every digit as ASCII, and every minus sign as ``-``."""
    if character.isspace() or unicodedata.category(character) == "Zs" or character in _GROUP_SIGNS:
        return " "
    if character == "\u2212":
        return "-"
    digit = unicodedata.decimal(character, None)
    return character if digit is None else str(digit)


def _without_blanks(typed: str) -> str | None:
    """Return the text without the blanks that group its digits in threes; ``None`` if they stand elsewhere."""
    whole = re.match(r"-?\s?[0-9 ]*", typed)
    groups = whole[0].lstrip("- ").rstrip().split(" ") if whole else []
    rest = typed[whole.end() :] if whole else ""
    if " " in rest or (len(groups) > 1 and not _are_groups(groups)):
        return None
    return ("-" if typed.startswith("-") else "") + "".join(groups) + rest


def _are_groups(groups: list[str]) -> bool:
    return 0 < len(groups[0]) <= GROUP and all(len(group) == GROUP for group in groups[1:])


def _with_point(number: str, typed: str) -> str:
    """Return the number with a point before its fraction and no groups; raise ``ValueError`` if it can mean two."""
    signs = [sign for sign in number if sign in ".,"]
    if not signs:
        return number
    if len(signs) > 1:
        return _without_groups(number, signs)
    whole, _sign, fraction = number.partition(signs[0])
    leading = whole.lstrip("-")
    if len(fraction) == GROUP and 0 < len(leading) <= GROUP and leading.strip("0"):
        raise ValueError(
            _(
                "“%(typed)s” can mean two amounts. Write %(whole)s, or at most two digits after the point.",
                typed=typed,
                whole=whole + fraction,
            )
        )
    return f"{whole}.{fraction}"


def _without_groups(number: str, signs: list[str]) -> str:
    """Return a number with several ``signs`` of which all, or all but the one before the fraction, group its digits."""
    group_sign, last = signs[0], signs[-1]
    whole, point, fraction = (number, "", "") if last == group_sign else number.rpartition(last)
    if set(signs[:-1]) != {group_sign} or not _are_groups(whole.lstrip("-").split(group_sign)):
        raise ValueError(_("This must be a number."))
    return whole.replace(group_sign, "") + point.replace(",", ".") + fraction
