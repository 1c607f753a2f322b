"""The summary and the predictions for people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qtwin.fusion.unit import unit_behind
from qtwin.tables.predictions import Table
from qtwin.tables.spec import Spec

_MOST_LINES = 50


def report(summary: dict[str, Any]) -> str:
    """The summary as text."""
    observable = summary["observable"]
    merged = "" if summary["rows"] == summary["distinct"] else f" ({summary['distinct']} distinct)"
    kind = " (variational, which cuts no interval)" if observable["variational"] else ""
    unit = unit_behind(observable["unit"])
    title = f"{observable['name']}{unit and ' in'}{unit}{kind}: {summary['rows']} measurements"
    return "\n".join(
        [
            title + merged,
            "",
            *_sources(summary["sources"]),
            "",
            *_claims(summary),
            "",
            *_hyperparameters(summary["hyperparameters"]),
            *_list("conflicts", [_conflict(found) for found in summary["conflicts"]]),
            *_list("warnings", summary["warnings"]),
        ]
    )


def predictions(table: Table, spec: Spec) -> str:
    """The first points of the table, with what contributes most to each error."""
    names = [*(control.name for control in spec.controls), "mean", "std", "lo95", "hi95"]
    causes = [name for name in table if name.startswith("var_")]
    rows = []
    for at in range(min(len(table["mean"]), _MOST_LINES)):
        most = max(causes, key=lambda name: float(table[name][at]))
        rows.append([*(f"{table[name][at]:.8g}" for name in names), most.removeprefix("var_")])
    left = len(table["mean"]) - len(rows)
    more = [f"… {left} more points; --out F.csv writes them all"] if left else []
    return "\n".join([*grid([*names, "most of std²"], rows), *more])


def grid(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Lines of columns as wide as their cells."""
    table = [list(header), *(list(row) for row in rows)]
    widths = [max(len(row[i]) for row in table) for i in range(len(header))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(r, widths, strict=True)) for r in table
    ]
    return [line.rstrip() for line in lines]


def _sources(sources: list[dict[str, Any]]) -> list[str]:
    rows = [
        [s["name"], s["role"], str(s["rows"]), f"{s['mean_absolute_share']:.3f}"] for s in sources
    ]
    return grid(["source", "role", "rows", "mean |share|"], rows)


def _claims(summary: dict[str, Any]) -> list[str]:
    nu = "" if summary["nu"] is None else f", nu = {summary['nu']}"
    scores = summary["leave_one_out"]
    lines = [
        ["references", str(summary["references"])],
        ["claim", f"{summary['claim']} ({summary['interval']}{nu})"],
        ["calibration factor c²", f"{summary['calibration_factor']:.3f}"],
    ]
    if "rmse" in scores:
        unit = unit_behind(summary["observable"]["unit"])
        lines.append(
            [
                "leave one out",
                f"rmse {scores['rmse']:.3g}{unit}, nlpd {scores['nlpd']:.3g}, "
                f"coverage of 95 % {scores['coverage_95']:.2f}",
            ]
        )
    return [f"{name:<22} {value}" for name, value in lines]


def _hyperparameters(found: list[dict[str, Any]]) -> list[str]:
    rows = [
        [
            h["source"] or "(truth)",
            h["name"],
            f"{h['mean']:.4g}",
            f"{h['spread']:.2g}",
            unit_behind(h["unit"]).strip(),
        ]
        for h in found
    ]
    return grid(["source", "hyperparameter", "mean", "spread", "unit"], rows)


def _conflict(found: dict[str, Any]) -> str:
    return (
        f"epoch {found['epoch']!r} of source {found['source']!r} is {abs(found['z']):.1f} sigma "
        f"from what everything else says, and left out with its {found['rows']} measurements"
    )


def _list(name: str, found: list[str]) -> list[str]:
    return ["", f"{name}:", *(f"  - {each}" for each in found)] if found else []
