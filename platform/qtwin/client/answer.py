"""How an answer is printed: as one JSON document, or as a line for each value."""

from __future__ import annotations

from typing import Any

import numpy as np

from backends.schema import Experiment, Result
from backends.systems import System
from qtwin.fusion.unit import unit_behind


def document(system: System, experiment: Experiment, result: Result) -> dict[str, Any]:
    """Values with their errors and where they came from; JSON values only."""
    units = {spec.name: spec.unit for spec in system.observables}
    rows = [
        {
            "point": dict(zip(experiment.controls, point, strict=True)),
            "observable": name,
            "value": _cell(result.values, row, column),
            "std": _cell(result.std_errors, row, column),
            "truncation": _cell(result.truncation_errors, row, column),
            "failure": result.failures.get(row, ""),
            "unit": units[name],
        }
        for row, point in enumerate(experiment.points.tolist())
        for column, name in enumerate(experiment.observables)
    ]
    return {"results": rows, "provenance": result.provenance.to_dict(), "seed": result.options.seed}


def table(document: dict[str, Any]) -> str:
    """The same for people."""
    lines = [_line(row) for row in document["results"]]
    source = document["provenance"]
    versions = ", ".join(f"{package} {number}" for package, number in source["versions"].items())
    took, guess, paid = (
        document[key] for key in ("seconds", "estimated_seconds", "cost_micro_usd")
    )
    price = f", {paid / 1e6:.2f} USD" if paid else ""
    lines.append(f"{document['method']} on {source['backend']}: {versions}")
    lines.append(f"{took:.2f} s (estimated {guess:.2g} s){price}")
    return "\n".join(lines)


def _line(row: dict[str, Any]) -> str:
    place = ", ".join(f"{name} = {value:g}" for name, value in row["point"].items())
    start = f"{place}  {row['observable']}" if place else row["observable"]
    if row["failure"]:
        return f"{start}: no answer, {row['failure']}"
    error = f" ± {row['std']:.2g}" if row["std"] else ""
    moved = row["truncation"]
    truncation = "" if moved is None else f" (truncation {moved:.1g})"
    return f"{start} = {row['value']:.9g}{error}{truncation}{unit_behind(row['unit'])}"


def _cell(values: Any, row: int, column: int) -> float | None:
    if values is None or np.isnan(values[row, column]):
        return None
    return float(values[row, column])
