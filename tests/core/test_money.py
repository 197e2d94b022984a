"""Amounts: what people type is read without losing a digit, and what could mean two amounts is refused."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.application import PortalFlask
from portal.core import money
from portal.core.errors import Invalid
from portal.events.currencies import CURRENCIES
from portal.web.templating.filters import money as shown_money

BLANKS = (" ", "\u00a0", "\u202f", "\u2009", "\u2007", "\u2003", "'", "’")


@pytest.mark.parametrize("blank", BLANKS)
@pytest.mark.parametrize(("groups", "amount"), [("1 000", 1000), ("12 345 678", 12_345_678), ("-1 000,5", "-1000.5")])
def test_blanks_of_all_kinds_group_digits(blank: str, groups: str, amount: int | str) -> None:
    assert money.parse_amount(groups.replace(" ", blank)) == Decimal(amount)


READ = {
    "0": "0",
    "7": "7",
    "12.5": "12.5",
    "12,50": "12.50",
    ".5": "0.5",
    "5.": "5",
    "0.005": "0.005",
    "0,125": "0.125",
    "12.3456": "12.3456",
    "1000.500": "1000.5",
    "1,000,000": "1000000",
    "1.000.000": "1000000",
    "1,000.50": "1000.50",
    "1.000,50": "1000.50",
    "1.234.567,8": "1234567.8",
    "−5": "-5",
    "٣٠": "30",
}


@pytest.mark.parametrize(("typed", "amount"), READ.items(), ids=READ)
def test_an_amount_is_read_exactly(typed: str, amount: str) -> None:
    assert money.parse_amount(typed) == Decimal(amount)
    assert money.parse_amount(f" {typed}\u00a0") == Decimal(amount)


@pytest.mark.parametrize("blank", ["", " ", "\u00a0\t"])
def test_blank_text_is_no_amount(blank: str) -> None:
    assert money.parse_amount(blank) is None


@pytest.mark.parametrize("typed", ["1,000", "1.000", "12.345", "100,000", "-1,000", "999.999"])
def test_what_can_mean_two_amounts_is_refused_with_the_way_out(app: PortalFlask, typed: str) -> None:
    with app.app_context(), pytest.raises(ValueError, match="two amounts") as refused:
        money.parse_amount(typed)
    assert f"Write {typed.replace(',', '').replace('.', '')}," in str(refused.value)


NO_NUMBERS = (
    "dear",
    "1e3",
    "NaN",
    "Infinity",
    "1 00",
    "10 0000",
    "1,00,000",
    "1.2.3",
    "1..2",
    "1,000,50",
    "5 €",
    "--5",
    "0x10",
    "1" * 50,
)


@pytest.mark.parametrize("typed", NO_NUMBERS)
def test_what_is_no_number_is_refused(app: PortalFlask, typed: str) -> None:
    with app.app_context(), pytest.raises(ValueError, match="must be a number"):
        money.parse_amount(typed)


@given(st.integers(0, 10**12), st.sampled_from(["RUB", "JPY", "KWD", "EUR"]))
def test_minor_units_survive_every_form(minor: int, currency: str) -> None:
    amount = money.from_minor_units(minor, currency)
    assert money.to_minor_units(amount, currency) == minor
    assert money.to_minor_units(Decimal(str(money.json_number(minor, currency))), currency) == minor
    grouped = f"{amount:,}".replace(",", " ")
    if grouped.partition(".")[2][2:] == "":
        assert money.parse_amount(grouped) == amount


@pytest.mark.parametrize(("amount", "currency"), [("0.005", "EUR"), ("1.5", "JPY"), ("0.0001", "KWD")])
def test_what_is_finer_than_the_currency_is_refused(app: PortalFlask, amount: str, currency: str) -> None:
    with app.app_context(), pytest.raises(Invalid, match="too_fine"):
        money.to_minor_units(Decimal(amount), currency)


@pytest.mark.parametrize("currency", CURRENCIES)
def test_each_currency_is_shown_with_its_digits(app: PortalFlask, currency: str) -> None:
    digits = money.digits_of(currency)
    typed = {0: "12", 2: "12.34", 3: "12.340"}[digits]
    with app.app_context():
        assert typed in shown_money(money.to_minor_units(Decimal(typed), currency), currency)
