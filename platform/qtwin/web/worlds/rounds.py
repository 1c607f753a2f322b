"""A loop as its page shows it: its rounds, the gap of each, and by how much it fell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString

from qtwin.drawing.plot.ladder import Rung, Stage, ladder_drawn
from qtwin.training.models import Loop, LoopRound
from qtwin.web.drawings import markup
from qtwin.web.worlds.compared import ENDS, interval_said, known
from qtwin.web.worlds.stages import TITLES

PARTS = ("world__twin_version", "run__policy", "report", "campaign")
FALL = 7
"""Number of the colour of falls, which are no gaps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """A row of the table: ``gap`` and ``fall`` with their intervals, as they are written."""

    row: LoopRound
    gap: str
    gap_between: str
    fall: str
    fall_between: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rounds:
    """``name`` says between which stages the gap is."""

    name: str
    picture: SafeString | None
    rows: list[Round]

    @property
    def drawn(self) -> list[Round]:
        """Those that have their gap."""
        return [row for row in self.rows if row.gap]


def rounds_of(loop: Loop) -> Rounds:
    """What is known of it so far."""
    found = list(loop.rounds.select_related(*PARTS))
    rungs = [_rungs(row) for row in found]
    stages = [
        Stage(title=f"Round {row.number}", rungs=made)
        for row, made in zip(found, rungs, strict=True)
        if made
    ]
    name = _name(found, loop)
    drawn = ladder_drawn(stages, name=name, where="in each round", share=False, dashed=(0.0,))
    return Rounds(
        name=name,
        picture=markup(drawn) if stages else None,
        rows=[_row(row, made) for row, made in zip(found, rungs, strict=True)],
    )


def gap_said(loop: Loop) -> str:
    """That of the last round that has one, with its interval."""
    rungs = [made[0].said for row in loop.rounds.all() if (made := _rungs(row))]
    return rungs[-1] if rungs else ""


def _rungs(row: LoopRound) -> list[Rung]:
    """The gap, and by how much it fell since the round before; nothing before there is one."""
    made = []
    if isinstance(row.gap, Mapping) and known(row.gap, "absolute", *ENDS):
        made.append(_rung("gap", row.gap, "absolute", 0))
        if isinstance(row.fall, Mapping) and known(row.fall, "value", *ENDS):
            made.append(_rung("fell by", row.fall, "value", FALL))
    return made


def _rung(name: str, found: Mapping[str, Any], field: str, series: int) -> Rung:
    value, low, high = (float(found[one]) for one in (field, *ENDS))
    said = interval_said(value, low, high)
    return Rung(name=name, value=value, lower=low, upper=high, said=said, series=series)


def _row(row: LoopRound, rungs: Sequence[Rung]) -> Round:
    parts = [rung.said.rstrip(")").partition(" (")[::2] for rung in rungs]
    (gap, gap_between), (fall, fall_between) = [*parts, ("", ""), ("", "")][:2]
    return Round(row=row, gap=gap, gap_between=gap_between, fall=fall, fall_between=fall_between)


def _name(rows: Sequence[LoopRound], loop: Loop) -> str:
    """``Gap from “Nominal twin” to “QPU”``."""
    gaps = [row.gap for row in rows if isinstance(row.gap, Mapping)]
    stages = (loop.asked.get("report") or {}).get("stages") or [""]
    ends = [
        str(gaps[-1].get(word, stage) if gaps else stage)
        for word, stage in (("from", stages[0]), ("to", stages[-1]))
    ]
    start, end = (TITLES.get(one, one) for one in ends)
    return f"Gap from “{start}” to “{end}”"
