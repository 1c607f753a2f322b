"""What a run of the benchmarks found of every bar."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum

from tests.benchmarks.bars.bar import Bar
from tests.benchmarks.bars.catalogue import PARTS, bars

NOT_SELECTED = "not selected"


class Verdict(StrEnum):
    HELD = "HELD"
    MISSED = "MISSED"
    NOT_RUN = "NOT RUN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One bar with its figure.

    Attributes:
        bar: With the limits of this run.
        value: None where it was not measured.
        note: Why it was not, or what else is worth knowing.
    """

    part: str
    bar: Bar
    value: float | None = None
    note: str = ""

    @property
    def verdict(self) -> Verdict:
        if self.value is None:
            return Verdict.NOT_RUN
        return Verdict.HELD if self.bar.held_by(self.value) else Verdict.MISSED

    def __str__(self) -> str:
        value = "" if self.value is None else f"{self.value:.3g}"
        told = f"{self.bar.name:<24} {self.bar.what:<60} {value:>9} {self.bar.unit:<5} "
        return f"{told} {self.bar.allowed:<18} {self.verdict:<7} {self.note}".rstrip()


@dataclass(slots=True)
class Record:
    """Figures as tests find them, and why others are missing.

    Attributes:
        strict: Whether a test fails that misses a bar.
    """

    strict: bool = True
    _rows: dict[str, Row] = field(default_factory=dict)
    _absent: dict[str, str] = field(default_factory=dict)
    _without: dict[str, str] = field(default_factory=dict)
    _earlier: dict[str, Row] = field(default_factory=dict)

    def go_on(self, rows: Iterable[Row]) -> None:
        """Take what an earlier run measured, unless this one measures it again."""
        self._earlier = {row.bar.name: row for row in rows}

    def measured_before(self, test: str) -> bool:
        """Whether an earlier run has every bar that a test of this folder measures."""
        its = [bar.name for bar in bars().values() if bar.measured_by(test)]
        return bool(its) and all(name in self._earlier for name in its)

    def add(self, name: str, value: float, *, note: str = "", at_most: float | None = None) -> Row:
        """Keep a figure.

        Args:
            name: One of the catalogue.
            at_most: Of a bar whose limit is known only in the run.
        """
        bar = bars()[name]
        if at_most is not None:
            if not bar.limit:
                raise ValueError(f"{name} has its limit in the catalogue: {bar.allowed}")
            bar = replace(bar, at_most=at_most)
        part = next(part for part, rows in PARTS.items() if name in {one.name for one in rows})
        row = Row(part=part, bar=bar, value=float(value), note=note)
        self._rows[name] = row
        return row

    def leave_out(self, name: str, why: str) -> None:
        """Say why a test that ran did not measure a bar of its own."""
        self._absent[bars()[name].name] = why

    def ended(self, test: str, why: str) -> None:
        """A test, or a whole file, ended early: skipped or failed."""
        self._without.setdefault(test, why)

    def unsteady(self) -> list[str]:
        """Tests of this run that missed a bar which another run might hold."""
        missed = (row for row in self._rows.values() if row.verdict is Verdict.MISSED)
        return sorted({row.bar.by for row in missed if not row.bar.steady})

    def look_again(self, other: Record) -> None:
        """Let the figures of another run count for the bars that this one missed."""
        for name, row in other._rows.items():
            first = self._rows.get(name)
            if first is not None and first.verdict is Verdict.MISSED:
                notes = (row.note, f"at first {first.value:.3g}")
                self._rows[name] = replace(row, note="; ".join(filter(None, notes)))

    def take(self, other: Record) -> None:
        """Take over what another process found."""
        self._rows |= other._rows
        self._absent |= other._absent
        self._without |= other._without

    def rows(self) -> Iterator[Row]:
        """Every bar of the catalogue, measured or not."""
        for part, catalogue in PARTS.items():
            for bar in catalogue:
                found = self._rows.get(bar.name) or self._earlier.get(bar.name)
                yield found or Row(part=part, bar=bar, note=self._why_not(bar))

    def _why_not(self, bar: Bar) -> str:
        if bar.name in self._absent:
            return self._absent[bar.name]
        file = bar.by.partition("::")[0]
        found = (
            why for test, why in self._without.items() if test == file or bar.measured_by(test)
        )
        return next(found, NOT_SELECTED)
