"""A replay beside the job that it ran again: each number, and what differed in making them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from enum import StrEnum
from math import hypot
from typing import Any

from qtwin.jobs.models import Job, Measurement

SIGMAS = 3.0
ROUNDING = 1e-10
"""Largest difference of exact values, in units of the value or of 1: another order of sums."""


class Verdict(StrEnum):
    IDENTICAL = "identical"
    """The same bits."""
    WITHIN_ERROR = "within_error"
    """Within `SIGMAS` of both statistical errors together, or within `ROUNDING`."""
    DIFFERENT = "different"
    MISSING = "missing"
    """Only one of the two jobs has the number (yet)."""


def replay_report(replay: Job) -> dict[str, Any]:
    """Compare a replay with its original, number by number. Reused points are not compared.

    Raises:
        ValueError: If the job is no replay.
    """
    original = replay.replay_of
    if original is None:
        raise ValueError("the job is no replay")
    numbers = list(_numbers(original, replay))
    return {
        "original": original.pk,
        "replay": replay.pk,
        "state": replay.shown_state,
        "verdict": _worst(number["verdict"] for number in numbers),
        "counts": {str(v): n for v, n in Counter(n["verdict"] for n in numbers).items()},
        "conditions": _conditions(original, replay),
        "numbers": numbers,
    }


def compare(before: Measurement, after: Measurement) -> Verdict:
    """Two measurements of one point and observable."""
    if (before.value, before.std) == (after.value, after.std):
        return Verdict.IDENTICAL
    allowed = SIGMAS * hypot(before.std, after.std) + ROUNDING * max(1.0, abs(before.value))
    apart = abs(after.value - before.value)
    return Verdict.WITHIN_ERROR if apart <= allowed else Verdict.DIFFERENT


def _numbers(original: Job, replay: Job) -> Iterator[dict[str, Any]]:
    one, other = _rows(original), _rows(replay)
    for row, name in sorted(one.keys() | other.keys()):
        before, after = one.get((row, name)), other.get((row, name))
        yield {
            "point": original.points[row],
            "observable": name,
            "verdict": compare(before, after) if before and after else Verdict.MISSING,
            "before": before and {"value": before.value, "std": before.std},
            "after": after and {"value": after.value, "std": after.std},
            "difference": after.value - before.value if before and after else None,
        }


def _rows(job: Job) -> dict[tuple[int, str], Measurement]:
    rows = Measurement.objects.filter(job=job).select_related("observable")
    return {(row.row, row.observable.name): row for row in rows}


def _worst(verdicts: Iterator[Verdict]) -> Verdict:
    order = list(Verdict)
    return max(verdicts, key=order.index, default=Verdict.MISSING)


def _conditions(original: Job, replay: Job) -> list[dict[str, Any]]:
    """Versions, calibrations, seeds and backends of the runs that are not the same in both."""
    one, other = _facts(original), _facts(replay)
    return [
        {
            "name": name,
            "before": sorted(one.get(name, set())),
            "after": sorted(other.get(name, set())),
        }
        for name in sorted(one.keys() | other.keys())
        if one.get(name) != other.get(name)
    ]


def _facts(job: Job) -> dict[str, set[str]]:
    facts: dict[str, set[str]] = {}
    for run in job.runs.all():
        known = {f"version of {name}": value for name, value in run.versions.items()} | {
            "calibration": run.calibration_id,
            "backend": run.backend,
            "cache version": str(run.cache_version),
            f"seed of rows {run.start} to {run.stop - 1}": str(run.seed),
        }
        for name, value in known.items():
            facts.setdefault(name, set()).add(value)
    return facts
