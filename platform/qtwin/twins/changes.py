"""What changed between two versions of one observable's fit, and what moved it most."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from qtwin.fusion.base import IntArray
from qtwin.jobs.models import Measurement
from qtwin.twins.evidence import Evidence
from qtwin.twins.models import TwinFit

MOST_ALONE = 60
"""Measurements whose influence is told one by one; of more, it is told by job or data set."""
SHOWN = 5

Block = list[Measurement]


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocks:
    """Measurements that only one of two fits has, in the groups whose influence is told."""

    added: list[Block]
    removed: list[Block]


def blocks_of(before: Evidence, after: Evidence) -> Blocks:
    """What came and what went."""
    return Blocks(added=_blocks(_only(after, before)), removed=_blocks(_only(before, after)))


def rows_of(evidence: Evidence, blocks: Sequence[Block]) -> list[IntArray]:
    """Rows of each block in the evidence's observations."""
    place = {measurement.pk: row for row, measurement in enumerate(evidence.measurements)}
    return [np.array([place[m.pk] for m in block], dtype=np.int64) for block in blocks]


def changes(
    before: Evidence | None, after: Evidence, numbers: dict[str, Any] | None
) -> dict[str, Any]:
    """JSON values of one observable.

    Args:
        before: Evidence of the earlier fit; None where there was none.
        after: Evidence of the later one.
        numbers: What ``fusion.questions.difference`` says of the two; None where it cannot be told.
    """
    added = _only(after, before) if before else list(after.measurements)
    removed = _only(before, after) if before else []
    return {
        "added": len(added),
        "removed": len(removed),
        "sources": _by_source(added, removed),
        "prediction": {key: numbers[key] for key in ("largest", "rms", "std_ratio")}
        if numbers
        else None,
        "moved_most": _moved_most(blocks_of(before, after), numbers) if before and numbers else [],
    }


def said(fit: TwinFit) -> dict[str, Any]:
    """What a fit says of itself, for a comparison."""
    return {
        "claim": fit.claim,
        "references": fit.references,
        "c2": fit.c2,
        "scores": fit.scores,
        "conflicts": fit.conflicts,
    }


def _only(one: Evidence, other: Evidence) -> list[Measurement]:
    known = {measurement.pk for measurement in other.measurements}
    return [measurement for measurement in one.measurements if measurement.pk not in known]


def _blocks(measurements: list[Measurement]) -> list[Block]:
    if len(measurements) <= MOST_ALONE:
        return [[measurement] for measurement in measurements]
    found: dict[Any, Block] = {}
    for measurement in measurements:
        origin = (measurement.job_id, measurement.dataset_id, measurement.source_revision_id)
        found.setdefault(origin, []).append(measurement)
    return list(found.values())


def _by_source(added: list[Measurement], removed: list[Measurement]) -> list[dict[str, Any]]:
    labels = {
        m.source_revision.source.name: m.source_revision.source.label for m in [*added, *removed]
    }
    came, went = (Counter(m.source_revision.source.name for m in rows) for rows in (added, removed))
    return [
        {"name": name, "label": labels[name], "added": came[name], "removed": went[name]}
        for name in sorted(labels)
    ]


def _moved_most(blocks: Blocks, numbers: dict[str, Any]) -> list[dict[str, Any]]:
    rows = [
        {"kind": kind, **_block(block), **move}
        for kind, every in (("added", blocks.added), ("removed", blocks.removed))
        for block, move in zip(every, numbers[kind], strict=True)
    ]
    return sorted(rows, key=lambda row: -abs(row["sigmas"]))[:SHOWN]


def _block(block: Block) -> dict[str, Any]:
    first = block[0]
    alone = len(block) == 1
    return {
        "source": first.source_revision.source.name,
        "label": first.source_revision.source.label,
        "job": str(first.job_id) if first.job_id else None,
        "measurements": [str(measurement.pk) for measurement in block],
        "point": first.point if alone else None,
        "value": first.value if alone else None,
        "std": first.std if alone else None,
    }
