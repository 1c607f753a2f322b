"""What a person sees: sentences, a bar per source, and the twin as a table."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn
from rich.table import Table

PLAIN_EVERY_S = 5.0


class Terminal:
    """Writes to standard output, or to standard error when the output is for a machine."""

    def __init__(self, *, machine: bool) -> None:
        self.console = Console(file=sys.stderr if machine else sys.stdout, highlight=False)

    def say(self, sentence: str) -> None:
        self.console.print(sentence, soft_wrap=True, markup=False)


class SourceBars:
    """Progress of each source: bars on a terminal, plain lines elsewhere."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._live = terminal.console.is_terminal
        self._progress = Progress(
            TextColumn("{task.description:<12}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[state]}"),
            console=terminal.console,
            auto_refresh=False,  # no thread: the supervisor forks in this process
        )
        self._tasks: dict[str, TaskID] = {}
        self._said: dict[str, tuple[str, float]] = {}

    def __enter__(self) -> SourceBars:
        if self._live:
            self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live:
            self._progress.stop()

    def update(self, jobs: Sequence[dict[str, Any]]) -> None:
        for source, (done, total, state) in progress_by_source(jobs).items():
            if self._live:
                self._draw(source, done, total, state)
            else:
                self._say(source, f"{source:<12} {done:>4}/{total} {state}", state)
        if self._live:
            self._progress.refresh()

    def _draw(self, source: str, done: int, total: int, state: str) -> None:
        if source not in self._tasks:
            self._tasks[source] = self._progress.add_task(source, state=state)
        self._progress.update(self._tasks[source], completed=done, total=total, state=state)

    def _say(self, source: str, line: str, state: str) -> None:
        said, at = self._said.get(source, ("", 0.0))
        ended = state not in ("queued", "running")
        if line != said and (ended or time.monotonic() - at > PLAIN_EVERY_S):
            self._terminal.say(line)
            self._said[source] = (line, time.monotonic())


def progress_by_source(jobs: Sequence[dict[str, Any]]) -> dict[str, tuple[int, int, str]]:
    """Points done, points in all and the least finished state, by source."""
    order = ("failed", "held", "cancelled", "running", "queued", "succeeded")
    found: dict[str, tuple[int, int, str]] = {}
    for job in sorted(jobs, key=lambda job: str(job["source"])):
        done, total, state = found.get(job["source"], (0, 0, "succeeded"))
        found[job["source"]] = (
            done + job["points_done"],
            total + job["points_total"],
            min(state, job["state"], key=order.index),
        )
    return found


ABBREVIATION = 4
"""Names of methods that are not longer are abbreviations."""

SHORT = {"angstrom": "Å", "hartree": "Ha", "rad/us": "rad/µs", "dimensionless": ""}
"""How units are written in a heading."""


def print_report(terminal: Terminal, report: dict[str, Any]) -> None:
    """The twin for a person: points with intervals, evidence, scores."""
    twin, scores, unit = report["twin"], report["score"], report["observable"]["unit"]
    reference = _method(report["reference"])
    table = Table(title=f"Twin of {report['project']['name']}, version {twin['version']['number']}")
    place = _over(report["control"]["label"], report["control"]["unit"])
    for heading in (
        place, _over("mean", unit), "1 sigma", "95 % from", "to", f"{reference} − mean",
    ):  # fmt: skip
        table.add_column(heading, justify="right")
    for row in twin["table"]:
        table.add_row(
            f"{row['point'][0]:.4f}",
            f"{row['mean']:.6f}",
            f"{row['std']:.1e}",
            f"{row['lower']:.6f}",
            f"{row['upper']:.6f}",
            f"{row['reference'] - row['mean']:+.1e}",
        )
    terminal.console.print(table)
    evidence = ", ".join(f"{name} {count}" for name, count in twin["evidence_by_source"].items())
    terminal.say(f"Evidence: {twin['evidence']} measurements ({evidence}); {twin['claim']}.")
    left_out = report["left_out"]
    for title, name in (("All sources", "all"), (f"Without {left_out}", f"without_{left_out}")):
        terminal.say(f"{title}: {_score_sentence(scores[name], unit)}")
    where = f"{_landmark(report)}: {_or_none(scores[report['landmark']])}"
    terminal.say(f"{where} {SHORT.get(unit, unit)}".rstrip() + ".")
    worst = ", ".join(f"{name} {value:.1e}" for name, value in scores["max_difference"].items())
    terminal.say(f"Largest difference from a second computation: {worst or 'none'}.")


def _method(name: str) -> str:
    """Abbreviations are written large: FCI, ED, and evolution."""
    return name.upper() if len(name) <= ABBREVIATION else name


def _landmark(report: dict[str, Any]) -> str:
    """``FCI at bond length 0.7414 Å``."""
    source, _, place = report["landmark"].partition("_at_")
    control = report["control"]
    unit = SHORT.get(control["unit"], control["unit"])
    return f"{_method(source)} at {control['label'].lower()} {place} {unit}".rstrip()


def _over(label: str, unit: str) -> str:
    short = SHORT.get(unit, unit)
    return f"{label} / {short}" if short else label


def _score_sentence(score: dict[str, float], unit: str) -> str:
    thousandths = f"m{SHORT.get(unit, unit)}" if SHORT.get(unit, unit) else "× 10⁻³"
    return (
        f"RMSE {1e3 * score[f'rmse_{unit}']:.3f} {thousandths} against {score['points']} exact "
        f"points that the twin has not seen; 95 % intervals hold {100 * score['coverage_95']:.1f} "
        f"%, mean width {1e3 * score[f'mean_width_{unit}']:.3f} {thousandths}."
    )


def _or_none(value: float | None) -> str:
    return "not measured" if value is None else f"{value:.6f}"
