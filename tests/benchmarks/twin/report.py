"""The table for people, and the document for machines."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import numpy as np

from tests.benchmarks.twin.bars import Figure
from tests.benchmarks.twin.design import Design
from tests.benchmarks.twin.summary import Summaries, Summary

HEAD = (
    f"{'case':<15} {'method':<11} {'runs':>4} {'RMSE':>9} {'NRMSE':>8} {'NLPD':>8} {'CRPS':>9} "
    f"{'cover':>6} {'width':>9} {'rms z':>6} {'CPU s':>7}"
)
NOTES = (
    "Medians over seeds of RMSE, NRMSE, CRPS and width (of the 95 % interval); means of the rest.",
    "Not judged here: the closed loop, and one source with known shot noise; they are tests.",
)


def table(designs: dict[str, Design], found: Summaries, bars: list[Figure]) -> str:
    """Everything on one page."""
    lines = [HEAD]
    for case, design in designs.items():
        rows = [summary for (name, _), summary in found.items() if name == case]
        if rows:
            lines += ["", f"{case}: {design.title}", *(_row(row) for row in rows)]
    lines += ["", *NOTES, "", *(bar.verdict for bar in bars)]
    lines.append(f"{sum(bar.held for bar in bars)} of {len(bars)} bars held")
    return "\n".join(lines) + "\n"


def _row(row: Summary) -> str:
    start = f"{row.case:<15} {row.method:<11} {row.runs:>4}"
    if not row.runs:
        return f"{start} {row.remark}"
    trust = "".join(f"  {name} {share:.2f}" for name, share in row.trust.items())
    return (
        f"{start} {row.rmse:>9.3g} {row.nrmse:>8.3g} {row.nlpd:>8.2f} {row.crps:>9.3g} "
        f"{row.coverage:>6.3f} {row.width:>9.3g} {row.rms_z:>6.2f} {row.cpu_s:>7.2f}"
        f"{trust if len(row.trust) > 1 else ''}{'  ' + row.remark if row.remark else ''}"
    )


def document(found: Summaries, bars: list[Figure]) -> str:
    """One JSON document; what was not measured is null."""
    whole = {
        "schema_version": 1,
        "results": [_finite(asdict(summary)) for summary in found.values()],
        "bars": [
            _finite({**asdict(bar), "limit": bar.bar.allowed, "held": bar.held}) for bar in bars
        ],
    }
    return json.dumps(whole, indent=1) + "\n"


def _finite(record: dict[str, Any]) -> dict[str, Any]:
    return {
        name: None if isinstance(value, float) and not np.isfinite(value) else value
        for name, value in record.items()
    }
