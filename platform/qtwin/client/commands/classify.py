"""``qtwin classify``: classifiers of phases, compared on the shots of a project's jobs."""

from __future__ import annotations

import argparse
from typing import Any

from qtwin.client.commands import out
from qtwin.client.commands.group import verb
from qtwin.client.commands.server import client
from qtwin.client.wire.errors import JobFailed


def add(commands: Any) -> None:
    """Add the command to a parser."""
    about = "compare classifiers of phases on the shots of a project's jobs"
    parser = verb(commands, "classify", about, run)
    parser.add_argument("project", metavar="PROJECT", help="its name or id")
    parser.add_argument(
        "--transition", type=float, required=True, metavar="X", help="where the phases meet"
    )
    parser.add_argument("--control", metavar="NAME", help="the only one by default")
    parser.add_argument(
        "--margin", type=float, metavar="D", help="nearer points are not labelled (0.1)"
    )
    parser.add_argument("--source", action="append", metavar="NAME", help="all by default")
    parser.add_argument("--shots", type=int, metavar="N", help="of a reading, in each basis (8)")
    parser.add_argument("--readings", type=int, metavar="N", help="most of a point (6)")
    parser.add_argument("--folds", type=int, metavar="N", help="5 by default")
    parser.add_argument("--seed", type=int, metavar="N", help="0 by default")
    parser.add_argument("--timeout", type=float, metavar="S", help="wait no longer; it goes on")


def run(given: argparse.Namespace) -> None:
    """Ask, wait, and print the table.

    Raises:
        JobFailed: It cannot be compared; the message says why.
        Problem: The server refuses the question.
    """
    row = (
        client()
        .project(given.project)
        .classify(
            given.transition,
            control=given.control,
            margin=given.margin,
            sources=given.source,
            shots=given.shots,
            readings=given.readings,
            folds=given.folds,
            seed=given.seed,
            timeout=given.timeout,
            progress=True,
        )
    )
    if row.state != "done":
        raise JobFailed(f"classifiers {row.id} {row.state}: {row.reason}", row)
    out.document(given, row.document, str(row))
