"""A transfer report as its page shows it: the ladder, the gap, and the comparison."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString

from qtwin.drawing.plot.ladder import Rung, Stage, ladder_drawn
from qtwin.training.models import TransferReport
from qtwin.web.drawings import markup
from qtwin.web.worlds.compared import compared_said, gaps_said, interval_said, known, registered
from qtwin.web.worlds.plotted import goal_of
from qtwin.web.worlds.stages import TITLES

BASELINE = 7
"""Number of the colour of baselines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One value of one stage, ready to print."""

    stage: str
    what: str
    value: str
    between: str
    episodes: str
    shots: str
    method: str
    baseline: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """``waiting`` are titles of the stages that are still to come."""

    picture: SafeString | None
    rows: list[Row]
    waiting: list[str]
    gaps: list[str]
    sentence: str
    registered: list[tuple[str, str]]


def ladder_of(report: TransferReport) -> Ladder:
    """What is known of it so far."""
    document = report.document if isinstance(report.document, Mapping) else {}
    entries = [*_entries(document.get("stages"), baseline=False)]
    others = [*_entries(document.get("baselines"), baseline=True)]
    names = list(dict.fromkeys(name for name, *_ in entries))
    asked = report.asked.get("stages", []) if isinstance(report.asked, Mapping) else []
    rows = [row for name in names for row in _of(name, [*entries, *others])]
    titles = [_title(name, entries) for name in names]
    stages = [
        Stage(
            title=title,
            rungs=[rung for found, rung, _ in [*entries, *others] if found == name],
        )
        for name, title in zip(names, titles, strict=True)
    ]
    compared = document.get("comparison")
    return Ladder(
        picture=markup(ladder_drawn(stages, name=goal_of(report.world))) if stages else None,
        rows=rows,
        waiting=[TITLES.get(name, name) for name in asked if name not in names],
        gaps=gaps_said(document, dict(zip(names, titles, strict=True))),
        sentence=compared_said(compared),
        registered=registered(compared),
    )


def _entries(stages: Any, *, baseline: bool) -> Sequence[tuple[str, Rung, Mapping[str, Any]]]:
    """Stages with a value: their name, what is drawn, and the entry itself."""
    found = []
    for entry in stages if isinstance(stages, list) else []:
        if not isinstance(entry, Mapping) or not known(entry, "value", "lower", "upper"):
            continue
        value, low, high = (float(entry[name]) for name in ("value", "lower", "upper"))
        rung = Rung(
            name=_what(entry, baseline=baseline),
            value=value,
            lower=low,
            upper=high,
            said=interval_said(value, low, high),
            series=BASELINE if baseline else 0,
        )
        found.append((str(entry.get("name", "")), rung, entry))
    return found


def _what(entry: Mapping[str, Any], *, baseline: bool) -> str:
    if not baseline:
        return "the policy"
    return str(entry.get("policy") or "baseline")


def _title(name: str, entries: Sequence[tuple[str, Rung, Mapping[str, Any]]]) -> str:
    titles = [str(entry.get("title", "")) for found, _, entry in entries if found == name]
    return next((title for title in titles if title), TITLES.get(name, name))


def _of(name: str, entries: Sequence[tuple[str, Rung, Mapping[str, Any]]]) -> list[Row]:
    return [
        Row(
            stage=_title(name, entries),
            what=rung.name,
            value=rung.said.partition(" (")[0],
            between=rung.said.partition(" (")[2].rstrip(")"),
            episodes=_count(entry.get("episodes")),
            shots=_count(entry.get("shots")),
            method=str(entry.get("method", "")),
            baseline=rung.series == BASELINE,
        )
        for found, rung, entry in entries
        if found == name
    ]


def _count(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) and value else "–"
