"""Entries and their runs: what a step will do, row by row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from django.db.models import Max

from qtwin.campaigns.models import Campaign, Decision, Entry, Run, Step
from qtwin.projects.models import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A source with its options, as a column of the table."""

    label: str
    source: Source
    knobs: Mapping[str, float | Sequence[float]] = field(default_factory=dict)
    shots: int | None = None


def columns_of(asked: Sequence[Mapping[str, Any]], sources: Mapping[str, Source]) -> list[Column]:
    """One column per item of a sweep's ``sources``; told apart by knobs and shots where needed."""
    names = [item["source"] for item in asked]
    return [
        Column(
            label=item["source"] if names.count(item["source"]) == 1 else _label(item),
            source=sources[item["source"]],
            knobs=item.get("knobs") or {},
            shots=item.get("shots"),
        )
        for item in asked
    ]


def _label(item: Mapping[str, Any]) -> str:
    options = {**(item.get("knobs") or {}), "shots": item.get("shots")}
    told = ", ".join(f"{name} {value:g}" for name, value in options.items() if value is not None)
    return f"{item['source']} ({told})"[:160]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """Points that some columns will run."""

    points: Sequence[Sequence[float]]
    columns: Sequence[Column]


def chunks_of(points: Any, columns: Sequence[Column], *, chunk_points: int) -> list[Chunk]:
    """Points, shape (P, C), in rows of at most ``chunk_points``."""
    return [
        Chunk(points=points[start : start + chunk_points].tolist(), columns=columns)
        for start in range(0, len(points), chunk_points)
    ]


def entries_add(step: Step, chunks: Iterable[Chunk], *, decision: Decision | None = None) -> None:
    """Append entries with a run per column, and count them."""
    campaign = step.campaign
    seed = int(step.spec["seed"])
    number = _next(campaign.entries.aggregate(last=Max("number"))["last"])
    run_number = _next(campaign.runs.aggregate(last=Max("number"))["last"])
    entries: list[Entry] = []
    runs: list[Run] = []
    for chunk in chunks:
        entry = Entry(
            campaign=campaign,
            step=step,
            decision=decision,
            number=number + len(entries),
            points=chunk.points,
        )
        entries.append(entry)
        for column in chunk.columns:
            runs.append(_run(entry, column, run_number + len(runs), seed))
    Entry.objects.bulk_create(entries, batch_size=200)
    Run.objects.bulk_create(runs, batch_size=50)
    step.runs_total += len(runs)
    step.points_total += sum(run.points_total for run in runs)
    step.save(update_fields=["runs_total", "points_total"])
    _widen(campaign, runs)


def _run(entry: Entry, column: Column, number: int, seed: int) -> Run:
    return Run(
        campaign=entry.campaign,
        entry=entry,
        number=number,
        column=column.label,
        source=column.source,
        knobs=dict(column.knobs),
        shots=column.shots,
        seed=int(np.random.SeedSequence([seed, number]).generate_state(1)[0]) >> 1,
        points_total=len(entry.points),
    )


def _widen(campaign: Campaign, runs: Iterable[Run]) -> None:
    columns = list(dict.fromkeys([*campaign.columns, *(run.column for run in runs)]))
    if columns != campaign.columns:
        campaign.columns = columns
        campaign.save(update_fields=["columns"])


def _next(last: int | None) -> int:
    return 0 if last is None else last + 1
