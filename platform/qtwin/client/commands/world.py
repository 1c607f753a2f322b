"""``qtwin world``, ``qtwin train`` and ``qtwin policy``: worlds, training runs and policies."""

from __future__ import annotations

import argparse
from itertools import islice
from typing import Any

from qtwin.client.commands import out
from qtwin.client.commands.group import Group
from qtwin.client.commands.server import add_project, client, project
from qtwin.client.document import read_document
from qtwin.client.rows.training import ReportRow, TrainingRunRow, WorldRow
from qtwin.client.wire.errors import JobFailed
from qtwin.client.wrong import WrongInput

WORLDS = ("id", "name", "kind", "state", "reason", "created_at")
RUNS = ("id", "name", "state", "used", "best", "policy", "reason", "created_at")
POLICIES = ("id", "name", "kind", "twin_version", "run", "created_at")
STAGES = ("name", "value", "lower", "upper", "episodes", "method")
STATES = ("queued", "running", "waiting", "done", "failed", "cancelled")
OF_WORLDS = ("name", "document", "calibration", "twin_version", "held_out_version")


def add(commands: Any) -> None:
    """Add the commands to a parser."""
    _worlds(Group(commands, "world", "what agents are trained in: docs/training.md"))
    _runs(Group(commands, "train", "training runs: docs/training.md"))
    _policies(Group(commands, "policy", "what was learned: docs/training.md"))


def _worlds(group: Group) -> None:
    made = group.verb("create", "make a world of a document", create)
    add_project(made)
    made.add_argument("world", metavar="WORLD.json", help=", ".join(OF_WORLDS))
    made.add_argument("--key", metavar="TEXT", help="the same key and world is one world")
    made.add_argument("--watch", action="store_true", help="wait until it is made")
    listed = group.verb("ls", "list worlds, newest first", ls_worlds)
    add_project(listed)
    add_limit(listed)
    shown = group.verb("show", "one world", show_world)
    shown.add_argument("world", metavar="ID")


def _runs(group: Group) -> None:
    begun = group.verb("start", "train an agent in a world", start)
    begun.add_argument("world", metavar="ID")
    add_learner(begun)
    begun.add_argument("--name", default="", metavar="TEXT", help="of the policy, too")
    begun.add_argument("--key", metavar="TEXT", help="the same key and run is one run")
    begun.add_argument("--watch", action="store_true", help="wait for it")
    listed = group.verb("ls", "list training runs, newest first", ls_runs)
    add_limit(listed)
    for name, about, run in (
        ("show", "one training run", show_run),
        ("watch", "wait until a training run has ended", watch),
        ("cancel", "end a training run; it leaves no policy", cancel),
    ):
        parser = group.verb(name, about, run)
        parser.add_argument("run_id", metavar="ID")


def _policies(group: Group) -> None:
    listed = group.verb("ls", "list policies, newest first", ls_policies)
    listed.add_argument("--limit", type=int, default=50, metavar="N", help="the newest N (50)")
    saved = group.verb("save", "write a policy's file", save)
    saved.add_argument("policy", metavar="ID")
    saved.add_argument("file", metavar="FILE.npz")
    sent = group.verb("send", "send a policy's file", send)
    sent.add_argument("world", metavar="WORLD-ID")
    sent.add_argument("file", metavar="FILE.npz")
    sent.add_argument("--name", required=True, metavar="TEXT")
    told = group.verb("transfer", "try a policy where it was not trained", transfer)
    told.add_argument("policy", metavar="ID")
    told.add_argument("--stage", action="append", metavar="NAME", help="nominal and randomised")
    told.add_argument("--episodes", type=int, metavar="N")
    told.add_argument("--source", metavar="NAME", help="which runs the stage qpu")
    told.add_argument("--shots", type=int, metavar="N")


def add_learner(parser: argparse.ArgumentParser) -> None:
    """A learner with its budget and seed; see `learner_of`."""
    parser.add_argument("--learner", default="cma_es", metavar="KIND|FILE.json", help="cma_es")
    parser.add_argument("--evaluations", type=int, metavar="N", help="episodes at most")
    parser.add_argument("--seconds", type=float, metavar="S", help="on a worker at most")
    parser.add_argument("--seed", type=int, metavar="N")


def learner_of(given: argparse.Namespace) -> str | dict[str, Any]:
    """Its kind, or what its file says.

    Raises:
        WrongInput: The file holds no document.
    """
    kind: str = given.learner
    return read_document(kind, field="--learner") if kind.endswith(".json") else kind


def add_limit(parser: argparse.ArgumentParser) -> None:
    """Which of a list, and how many."""
    parser.add_argument("--state", choices=STATES)
    parser.add_argument("--limit", type=int, default=50, metavar="N", help="the newest N (50)")


def create(given: argparse.Namespace) -> None:
    """Make it, and print its id.

    Raises:
        WrongInput: The file holds no world.
        Problem: The server refuses it.
    """
    asked = read_document(given.world, field="WORLD.json")
    if not {"name", "document"} <= set(asked) <= set(OF_WORLDS):
        allowed = ", ".join(OF_WORLDS)
        raise WrongInput(f"{', '.join(asked)}; allowed: {allowed}", field="WORLD.json")
    made = project(given).create_world(**asked, key=given.key)
    if not given.watch:
        out.document(given, made.row.document, made.id)
        return
    out.hint(made.id)
    row = made.wait(progress=True)
    out.one(given, row, WORLDS)
    if row.state != "done":
        raise JobFailed(f"world {row.name} {row.state}: {row.field} {row.reason}", row)


def ls_worlds(given: argparse.Namespace) -> None:
    worlds = project(given).worlds if given.project else client().worlds
    out.rows(given, islice(worlds(state=given.state), max(given.limit, 0)), WORLDS)


def show_world(given: argparse.Namespace) -> None:
    row: WorldRow = client().world(given.world).row
    out.one(given, row, (*WORLDS, "twin_version", "held_out_version", "digest", "facts"))


def start(given: argparse.Namespace) -> None:
    """Start it, and print its id."""
    run = (
        client()
        .world(given.world)
        .train(
            learner_of(given),
            evaluations=given.evaluations,
            seconds=given.seconds,
            seed=given.seed,
            name=given.name,
            key=given.key,
        )
    )
    if given.watch:
        out.hint(run.id)
        _ended(given, run.wait(progress=True))
    else:
        out.document(given, run.row.document, run.id)


def ls_runs(given: argparse.Namespace) -> None:
    runs = client().training_runs(state=given.state)
    out.rows(given, islice(runs, max(given.limit, 0)), RUNS)


def show_run(given: argparse.Namespace) -> None:
    out.one(given, client().training_run(given.run_id).row, RUNS)


def watch(given: argparse.Namespace) -> None:
    _ended(given, client().training_run(given.run_id).wait(progress=True))


def cancel(given: argparse.Namespace) -> None:
    out.one(given, client().training_run(given.run_id).cancel(), RUNS)


def _ended(given: argparse.Namespace, row: TrainingRunRow) -> None:
    out.one(given, row, RUNS)
    given.printed = True
    if row.state != "done":
        raise JobFailed(f"training run {row.id} {row.state}: {row.reason}", row)


def ls_policies(given: argparse.Namespace) -> None:
    out.rows(given, islice(client().policies(), max(given.limit, 0)), POLICIES)


def save(given: argparse.Namespace) -> None:
    path = client().policy(given.policy).save(given.file)
    out.document(given, {"file": str(path)}, str(path))


def send(given: argparse.Namespace) -> None:
    policy = client().world(given.world).send_policy(given.name, given.file)
    out.document(given, policy.row.document, policy.id)


def transfer(given: argparse.Namespace) -> None:
    """Ask for a report, wait for it, and print its stages."""
    report = (
        client()
        .policy(given.policy)
        .transfer(
            given.stage or ("nominal", "randomised"),
            episodes=given.episodes,
            source=given.source,
            shots=given.shots,
        )
    )
    out.hint(report.id)
    row: ReportRow = report.wait(progress=True)
    out.one(given, row, ("id", "state", "reason"))
    if not given.as_json:
        out.table(STAGES, [tuple(stage.get(name) for name in STAGES) for stage in row.stages])
    given.printed = True
    if row.state != "done":
        raise JobFailed(f"transfer report {row.id} {row.state}: {row.reason}", row)
