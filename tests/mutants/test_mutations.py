"""The faults that `make mutants` can draw, found in a sample of code and put into a copy of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mutants.mutations import find

SAMPLE = '''"""Ü in the source."""
import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decimal import Decimal

LIMIT: int = 5


def admit(count: int, person: "Decimal") -> bool:
    logging.info("asked")
    record(count)
    if count >= LIMIT and not person.banned:
        raise ValueError("ü", count)
    return True


rows = select(Row).where(Row.a, Row.b).with_for_update()
'''
EXPECTED = {
    (8, "5  ->  6"),
    (13, "record(count)  ->  pass"),
    (14, "count >= LIMIT  ->  (count > LIMIT)"),
    (14, "count >= LIMIT  ->  (count < LIMIT)"),
    (14, "count >= LIMIT and not person.banned  ->  (count >= LIMIT or not person.banned)"),
    (14, "count >= LIMIT and not person.banned  ->  (count >= LIMIT)"),
    (14, "count >= LIMIT and not person.banned  ->  (not person.banned)"),
    (14, "count >= LIMIT and not person.banned  ->  True"),
    (14, "count >= LIMIT and not person.banned  ->  False"),
    (14, "not person.banned  ->  (person.banned)"),
    (15, 'raise ValueError("ü", count)  ->  pass'),
    (16, "True  ->  False"),
    (19, "select(Row).where(Row.a, Row.b)  ->  select(Row).where(Row.a)"),
    (19, "select(Row).where(Row.a, Row.b)  ->  select(Row).where(Row.b)"),
    (19, "select(Row).where(Row.a, Row.b).with_for_update()  ->  select(Row).where(Row.a, Row.b)"),
}


@pytest.fixture
def module(tmp_path: Path) -> Path:
    (tmp_path / "sample.py").write_text(SAMPLE)
    return tmp_path / "sample.py"


def test_all_faults_of_a_module_are_found_and_nothing_else(module: Path) -> None:
    assert {(mutant.line, mutant.change) for mutant in find(module.parent, module.name)} == EXPECTED


def test_a_fault_changes_its_own_place_and_can_be_taken_back(module: Path) -> None:
    for mutant in find(module.parent, module.name):
        original = mutant.apply(module.parent)
        before, after = mutant.change.split("  ->  ")
        assert module.read_text() == "".join(
            line.replace(before, after, 1) if number == mutant.line else line
            for number, line in enumerate(SAMPLE.splitlines(keepends=True), 1)
        )
        compile(module.read_text(), module.name, "exec")
        module.write_bytes(original)
        assert module.read_text() == SAMPLE
