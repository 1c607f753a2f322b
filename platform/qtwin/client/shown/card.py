"""What a notebook shows of one thing: a title, a line or a figure, and its numbers."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from qtwin.client.shown.progress import bar_html
from qtwin.client.shown.table import table

if TYPE_CHECKING:
    from qtwin.client.rows.campaign import CampaignRow
    from qtwin.client.rows.curve import Curve
    from qtwin.client.rows.job import JobRow
    from qtwin.client.rows.project import ProjectRow

SIGNS = {
    "queued": "◷",
    "running": "▶",
    "paused": "‖",
    "held": "‖",
    "succeeded": "✓",
    "done": "✓",
    "failed": "✗",
    "cancelled": "⊘",
}
"""States have a sign beside their word, never a colour alone."""


def job_card(row: JobRow) -> str:
    """State, progress, and why it is not done yet."""
    title = f"{SIGNS.get(row.state, '')} {row.state}"
    lines = [row.reason, row.next_step, row.estimate]
    said = "".join(f"<br>{escape(line)}" for line in lines if line)
    name = f"{row.source}: {row.method} on {row.backend}"
    bar = bar_html(row, f"{row.source}, points")
    return (
        f"<div><strong>{escape(title)}</strong> {escape(name)} "
        f"<code>{escape(row.id)}</code><br>{bar}{said}</div>"
    )


def campaign_card(row: CampaignRow) -> str:
    title = f"{SIGNS.get(row.state, '')} {row.state}"
    said = f"<br>{escape(row.reason)}" if row.reason else ""
    return (
        f"<div><strong>{escape(title)}</strong> {escape(row.name)}<br>"
        f"{bar_html(row, 'points')}{said}</div>"
    )


def project_card(row: ProjectRow) -> str:
    """Controls and observables of a project."""
    controls = [
        ("control", one.name, f"{one.lower:g} to {one.upper:g}", one.unit) for one in row.controls
    ]
    wanted = [("observable", one.name, "", one.unit) for one in row.observables]
    head = ("", "name", "range", "unit")
    numbers = table(head, [*controls, *wanted])
    about = f"<p>{escape(row.description)}</p>" if row.description else ""
    return f"<div><strong>{escape(row.name)}</strong>{about}{numbers}</div>"


def curve_card(curve: Curve) -> str:
    """The figure, what the twin claims, and the numbers under it."""
    return f"<div>{curve.svg()}<p>{escape(claim(curve))}</p>{_numbers(curve)}</div>"


def claim(curve: Curve) -> str:
    """What the twin says of its own error bar."""
    if curve.version is None:
        return "There is no twin yet: nothing was measured."
    version = curve.version
    return (
        f"Version {version.number}, {version.claim}: {version.measurements} measurements, "
        f"{version.references} of them references."
    )


def _numbers(curve: Curve, rows: int = 21) -> str:
    if curve.version is None:
        return ""
    step = max(1, len(curve.x) // (rows - 1))
    columns = (curve.x, curve.mean, curve.std, curve.lower, curve.upper)
    body = zip(*(one[::step].tolist() for one in columns), strict=True)
    head = (curve.control.name, "mean", "1σ", "95 % from", "to")
    numbers = table(head, body)
    return f"<details><summary>The curve as a table</summary>{numbers}</details>"
