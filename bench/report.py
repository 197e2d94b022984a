"""Bars, and ``bench/results.md``, which keeps the last results of each part."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

RESULTS = Path(__file__).with_name("results.md")
INTRODUCTION = """# Results of `make bench`

Written by `make bench`: each part replaces its own section. Only ratios of one run mean anything elsewhere; times,
requests a second and megabytes are those of the machine and the hour. CPU is that of all web processes and PostgreSQL.
A floor is the endpoint as the shortest hand-written view that gives the same bytes (`bench/floors.py`).
"""
SECTION = re.compile(r"^## (\w+)\n.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Bar:
    """What was measured, and the most it may be (or the ``least``)."""

    name: str
    measured: float
    bound: float
    unit: str
    least: bool = False

    @property
    def holds(self) -> bool:
        return self.measured >= self.bound if self.least else self.measured <= self.bound

    def __str__(self) -> str:
        state, side = "holds" if self.holds else "BROKEN", "least" if self.least else "most"
        return f"{state:7} {self.name}: {self.measured:.2f} {self.unit} (at {side} {self.bound:g})"


@dataclass
class Section:
    """The results of one part: bars, and tables or lines beside them, which are printed as they are added.

    ``is_kept``: they are written into the file of results.
    """

    part: str
    is_kept: bool = True
    bars: list[Bar] = field(default_factory=list)
    blocks: list[str] = field(default_factory=list)

    def add(self, bar: Bar) -> None:
        print(bar, flush=True)
        self.bars.append(bar)

    def add_lines(self, lines: Iterable[str]) -> None:
        """Add lines of text to watch, for which there is no bar."""
        lines = list(lines)
        for line in lines:
            print(f"        {line}", flush=True)
        self.blocks.append("\n".join(f"- {line}" for line in lines))

    def add_table(self, head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """Add a table of texts; print it in columns of equal width."""
        rows = list(rows)
        widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
        for row in (head, *rows):
            print(
                "        " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)), flush=True
            )
        lines = [head, ["---"] * len(head), *rows]
        self.blocks.append("\n".join(f"| {' | '.join(line)} |" for line in lines))

    @property
    def broken(self) -> int:
        """The number of bars that do not hold."""
        return sum(not bar.holds for bar in self.bars)

    def as_markdown(self) -> str:
        title = f"## {self.part}\n\n{datetime.now(UTC):%Y-%m-%d}, `make bench ONLY={self.part}`"
        bars = "\n".join(f"- {bar}" for bar in self.bars)
        return "\n\n".join(block for block in (title, bars, *self.blocks) if block) + "\n"


def write(section: Section, path: Path = RESULTS) -> None:
    """Put the section into the file of results, in place of the earlier one of the same part."""
    text = path.read_text(encoding="utf-8") if path.exists() else INTRODUCTION
    sections = {match[1]: match[0] for match in SECTION.finditer(text)}
    sections[section.part] = section.as_markdown()
    body = "\n".join(f"{piece.strip()}\n" for _part, piece in sorted(sections.items()))
    path.write_text(f"{INTRODUCTION}\n{body}", encoding="utf-8")
