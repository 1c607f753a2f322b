"""``qtwin loop``: train, transfer, measure, refit, and train again."""

from __future__ import annotations

import argparse
from itertools import islice
from typing import Any

from qtwin.client.commands import out
from qtwin.client.commands.campaign import read_plan
from qtwin.client.commands.group import Group
from qtwin.client.commands.server import client
from qtwin.client.commands.world import add_learner, add_limit, learner_of
from qtwin.client.document import read_document
from qtwin.client.rows.training import LoopRow
from qtwin.client.wire.errors import JobFailed

LIST = ("id", "state", "most_rounds", "reason", "created_at")
ROUNDS = ("round", "run", "report", "campaign", "gap", "lower", "upper", "fall")


def add(commands: Any) -> None:
    """Add the command to a parser."""
    group = Group(commands, "loop", "training and measuring in turn: docs/training.md")
    begun = group.verb("start", "begin a loop in a world", start)
    begun.add_argument("world", metavar="WORLD-ID")
    begun.add_argument("plan", metavar="PLAN.json", help="what each round measures: a campaign")
    add_learner(begun)
    begun.add_argument("--stage", action="append", metavar="NAME", help="nominal and randomised")
    begun.add_argument("--report", metavar="FILE.json", help="episodes, seed, noise, qpu")
    begun.add_argument("--rounds", type=int, metavar="N", help="at most (3)")
    begun.add_argument(
        "--improvement", type=float, metavar="X", help="end when the gap falls by no more (0)"
    )
    begun.add_argument("--key", metavar="TEXT", help="the same key and loop is one loop")
    begun.add_argument("--watch", action="store_true", help="wait for it")
    begun.add_argument("--timeout", type=float, metavar="S", help="wait no longer; it goes on")
    listed = group.verb("ls", "list the loops that began in a world, newest first", ls)
    listed.add_argument("world", metavar="WORLD-ID")
    add_limit(listed)
    shown = group.verb("show", "one loop with its rounds", show)
    shown.add_argument("loop", metavar="ID")
    watched = group.verb("watch", "wait until a loop has ended", watch)
    watched.add_argument("loop", metavar="ID")
    watched.add_argument("--timeout", type=float, metavar="S", help="wait no longer; it goes on")
    ended = group.verb("cancel", "end a loop with what its round has under way", cancel)
    ended.add_argument("loop", metavar="ID")


def start(given: argparse.Namespace) -> None:
    """Begin it, and print its id.

    Raises:
        WrongInput: A file holds no document.
        Problem: The server refuses it.
    """
    report = read_document(given.report, field="--report") if given.report else None
    loop = (
        client()
        .world(given.world)
        .loop(
            learner_of(given),
            campaign=read_plan(given.plan),
            stages=given.stage or ("nominal", "randomised"),
            report=report,
            rounds=given.rounds,
            improvement=given.improvement,
            evaluations=given.evaluations,
            seconds=given.seconds,
            seed=given.seed,
            key=given.key,
        )
    )
    if given.watch:
        out.hint(loop.id)
        _ended(given, loop.wait(timeout=given.timeout, progress=True))
    else:
        out.document(given, loop.row.document, loop.id)


def ls(given: argparse.Namespace) -> None:
    loops = client().world(given.world).loops(state=given.state)
    out.rows(given, islice(loops, max(given.limit, 0)), LIST)


def show(given: argparse.Namespace) -> None:
    _show(given, client().loop(given.loop).row)


def watch(given: argparse.Namespace) -> None:
    _ended(given, client().loop(given.loop).wait(timeout=given.timeout, progress=True))


def cancel(given: argparse.Namespace) -> None:
    _show(given, client().loop(given.loop).cancel())


def _show(given: argparse.Namespace, row: LoopRow) -> None:
    out.one(given, row, (*LIST, "finished_at"))
    if row.rounds and not given.as_json:
        out.table(ROUNDS, [_cells(one) for one in row.rounds])


def _cells(one: Any) -> tuple[Any, ...]:
    gap, fall = one.get("gap") or {}, one.get("fall") or {}
    made = (one.get(name) for name in ("number", "run", "report", "campaign"))
    return (*made, gap.get("absolute"), gap.get("lower"), gap.get("upper"), fall.get("value"))


def _ended(given: argparse.Namespace, row: LoopRow) -> None:
    _show(given, row)
    given.printed = True
    if row.state != "done":
        raise JobFailed(f"loop {row.id} {row.state}: {row.reason}", row)
