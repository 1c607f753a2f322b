"""The report for a person: policies in rows, stages in columns."""

from __future__ import annotations

from typing import Any

from rich.table import Table

from infra.demo_world.report import POLICIES

STAGES = {
    "nominal": "nominal",
    "randomised": "randomised",
    "randomised_read": "randomised, as read",
    "noisy": "noisy, as read",
}


def stages_table(report: dict[str, Any]) -> Table:
    """Probability of the pattern with its 95 % interval."""
    table = Table(
        title=f"Probability of {report['pattern']} after {report['duration_us']:g} µs, with 95 % "
        "intervals"
    )
    table.add_column("policy")
    for heading in STAGES.values():
        table.add_column(heading, justify="right")
    for title in POLICIES:
        stages = report["stages"][title]
        table.add_row(title, *(_cell(stages[stage]) for stage in STAGES))
    return table


def _cell(stage: dict[str, Any]) -> str:
    if stage["lower"] == stage["upper"]:
        return f"{stage['value']:.3f}"
    return f"{stage['value']:.3f}\n{stage['lower']:.3f} to {stage['upper']:.3f}"
