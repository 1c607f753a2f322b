"""The table for people, and the document for machines."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from tests.benchmarks.bars.record import Row, Verdict

Facts = Mapping[str, Any]


def table(rows: Iterable[Row], facts: Facts) -> str:
    """Everything on one page: what it was measured with, then one line for each bar."""
    rows = list(rows)
    lines = ["", *_head(facts)]
    part = ""
    for row in rows:
        if row.part != part:
            part = row.part
            lines += ["", part.upper()]
        lines.append(str(row))
    count = Counter(row.verdict for row in rows)
    ran = count[Verdict.HELD] + count[Verdict.MISSED]
    share = f" ({100 * count[Verdict.HELD] / ran:.0f} %)" if ran else ""
    lines += [
        "",
        f"{count[Verdict.HELD]} of {ran} bars held{share}, {count[Verdict.NOT_RUN]} not run",
    ]
    return "\n".join(lines) + "\n"


def _head(facts: Facts) -> list[str]:
    where = facts["machine"]
    load = ", ".join(f"{one:g}" for one in where["load"])
    return [
        f"commit    {facts['commit'] or 'unknown'}",
        *(
            f"run       {run['started_at']}, {run['seconds']:.0f} s"
            for run in [*facts.get("earlier", []), facts]
        ),
        f"machine   {where['cpu']}, {where['cores']} cores, {where['memory_gib']} GiB, "
        f"{where['system']}; load at the start {load}",
        "versions  " + ", ".join(f"{name} {number}" for name, number in facts["versions"].items()),
    ]


def document(rows: Iterable[Row], facts: Facts) -> dict[str, Any]:
    """One JSON document; what was not measured is null."""
    rows = list(rows)
    return {"schema_version": 1, **facts, "bars": [_as_json(row) for row in rows]}


def _as_json(row: Row) -> dict[str, Any]:
    bar = row.bar
    return {
        "part": row.part,
        "name": bar.name,
        "what": bar.what,
        "value": row.value if row.value is not None and math.isfinite(row.value) else None,
        "unit": bar.unit,
        "at_least": bar.at_least,
        "at_most": bar.at_most,
        "verdict": row.verdict,
        "note": row.note,
        "test": bar.by,
    }
