"""Points on the command line: values by control, or a file."""

from __future__ import annotations

import argparse
import csv
import sys
from pathlib import Path

from qtwin.client import pairs
from qtwin.client.rows.project import ProjectRow
from qtwin.client.wrong import WrongInput


def add_points(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--at",
        action="append",
        default=[],
        metavar="NAME=VALUE[,VALUE]",
        help="values of a control; several controls go together, value by value",
    )
    parser.add_argument(
        "--points", metavar="POINTS.csv", help="a column for each control; - reads stdin"
    )


def read_points(given: argparse.Namespace, project: ProjectRow) -> list[list[float]]:
    """The points that are asked for, in the order of the project's controls.

    Raises:
        WrongInput: There are none, or both kinds, or one is no point of the project.
    """
    if bool(given.points) == bool(given.at) and project.controls:
        raise WrongInput("needed: either --at or --points", field="--at")
    if not given.points:
        return pairs.columns(given.at, project.controls, "--at")
    names = [control.name for control in project.controls]
    rows = _rows(given.points)
    head = [cell.strip() for cell in rows[0]] if rows else []
    if sorted(head) != sorted(names):
        said = ", ".join(head) or "nothing"
        raise WrongInput(f"columns {said}; allowed: {', '.join(names)}", field="--points")
    order = [head.index(name) for name in names]
    return [
        [pairs.number(row[at] if at < len(row) else "", f"--points, row {line}") for at in order]
        for line, row in enumerate(rows[1:], 1)
    ]


def _rows(name: str) -> list[list[str]]:
    try:
        text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8 text"
        raise WrongInput(f"{name}: {reason}", field="--points") from error
    return [row for row in csv.reader(text.splitlines()) if any(cell.strip() for cell in row)]
