"""``qtwin job``: submit, list, show, watch, cancel and retry jobs."""

from __future__ import annotations

import argparse
from itertools import islice
from typing import Any

from qtwin.client import pairs
from qtwin.client.commands import out
from qtwin.client.commands.group import Group
from qtwin.client.commands.points import add_points, read_points
from qtwin.client.commands.server import add_project, client, project
from qtwin.client.remote.job import Job
from qtwin.client.rows.job import HELD, JobRow
from qtwin.client.wire.errors import JobFailed, JobHeld

LIST = ("id", "source", "state", "points_done", "points_total", "created_at")
SHOW = (
    *("id", "project", "source", "backend", "method", "state", "reason", "next_step", "estimate"),
    *("points_done", "points_total", "points_failed", "points_reused", "shots", "seed"),
    *("estimated_cost_usd", "retry_of", "created_at", "started_at", "finished_at"),
)
STATES = ("queued", "running", "held", "succeeded", "failed", "cancelled")


def add(commands: Any) -> None:
    """Add the commands to a parser."""
    group = Group(commands, "job", "jobs on the server")
    _add_submit(group.verb("submit", "evaluate a source at points, on the server", submit))
    listed = group.verb("ls", "list jobs, newest first", ls)
    add_project(listed)
    listed.add_argument("--state", choices=STATES)
    listed.add_argument("--limit", type=int, default=50, metavar="N", help="the newest N (50)")
    shown = group.verb("show", "one job, with the reason why it is not done", show)
    shown.add_argument("job", metavar="ID")
    watched = group.verb("watch", "wait for a job and print what it measured", watch)
    watched.add_argument("job", metavar="ID")
    _add_timeout(watched)
    for name, about, run in (
        ("cancel", "ask a job to stop", cancel),
        ("retry", "a new job for the points without an answer", retry),
    ):
        group.verb(name, about, run).add_argument("job", metavar="ID")
    held = group.verb("hold", "stop a job until it is released", hold)
    held.add_argument("job", metavar="ID")
    held.add_argument("--why", required=True, metavar="TEXT")
    released = group.verb("release", "let a held job go on", release)
    released.add_argument("job", metavar="ID")
    approved = group.verb("approve", "agree to what a job may cost", approve)
    approved.add_argument("job", metavar="ID")
    amount = "the amount, as job show prints it"
    approved.add_argument("--confirm", required=True, metavar="USD", help=amount)
    about = "its id, where a vendor may have run it already"
    released.add_argument("--confirm", default="", metavar="ID", help=about)


def _add_submit(parser: argparse.ArgumentParser) -> None:
    add_project(parser)
    parser.add_argument("--source", required=True, metavar="NAME")
    add_points(parser)
    parser.add_argument("--observable", action="append", default=[], metavar="NAME")
    parser.add_argument(
        "--set", action="append", default=[], metavar="KNOB=VALUE", dest="knobs", help="a knob"
    )
    parser.add_argument("--shots", type=int, metavar="N")
    parser.add_argument("--seed", type=int, metavar="N")
    parser.add_argument("--key", metavar="TEXT", help="the same key and job again is one job")
    parser.add_argument("--dry-run", action="store_true", help="what it would take and cost")
    parser.add_argument("--watch", action="store_true", help="wait for it, as job watch does")
    _add_timeout(parser)


def _add_timeout(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--timeout", type=float, metavar="S", help="wait no longer; the job goes on"
    )


def submit(given: argparse.Namespace) -> None:
    """Submit, and print the id.

    Raises:
        WrongInput: An argument is wrong.
        Problem: The server refuses the job.
    """
    found = project(given)
    asked: dict[str, Any] = {
        "source": given.source,
        "points": read_points(given, found.row),
        "observables": given.observable,
        "knobs": pairs.numbers(given.knobs, "--set"),
        "shots": given.shots,
        "seed": given.seed,
    }
    if given.dry_run:
        columns = ("points", "points_known", "runs", "seconds", "cost_usd", "shots", "approval")
        out.one(given, found.estimate(**asked), (*columns, "refused"))
        return
    job = found.submit(**asked, key=given.key)
    if given.watch:
        out.hint(job.id)
        _watch(given, job)
    else:
        out.document(given, job.row.document, job.id)


def ls(given: argparse.Namespace) -> None:
    """The newest jobs of one project, or of all."""
    jobs = project(given).jobs if given.project else client().jobs
    out.rows(given, islice(jobs(state=given.state), max(given.limit, 0)), LIST)


def show(given: argparse.Namespace) -> None:
    out.one(given, client().job(given.job).row, SHOW)


def watch(given: argparse.Namespace) -> None:
    _watch(given, client().job(given.job))


def cancel(given: argparse.Namespace) -> None:
    _said(given, client().job(given.job).cancel())


def hold(given: argparse.Namespace) -> None:
    _said(given, client().job(given.job).hold(given.why))


def release(given: argparse.Namespace) -> None:
    _said(given, client().job(given.job).release(confirm=given.confirm))


def approve(given: argparse.Namespace) -> None:
    _said(given, client().job(given.job).approve(confirm=given.confirm))


def retry(given: argparse.Namespace) -> None:
    """Print the id of the new job."""
    row = client().job(given.job).retry()
    out.document(given, row.document, row.id)


def _said(given: argparse.Namespace, row: JobRow) -> None:
    out.document(given, row.document, out.text(f"{row.id} {row.state} {row.reason}".rstrip()))


def _watch(given: argparse.Namespace, job: Job) -> None:
    """Wait; the numbers that were measured are printed in any case.

    Raises:
        JobHeld: A person must look.
        JobFailed: Not every point has an answer.
        TookTooLong: The time is over.
    """
    row = job.wait(timeout=given.timeout, progress=True)
    measured = job.measurements()
    if given.as_json:
        more = {"measurements": [dict(one.document) for one in measured]}
        out.document(given, {**row.document, **more}, "")
    else:
        head = (*measured.controls, "observable", "value", "std", "unit")
        out.table(head, [(*m.point, m.observable, m.value, m.std, m.unit) for m in measured])
    given.printed = True
    if row.state == HELD:
        raise JobHeld(f"job {job.id} is held: {row.reason}", row)
    if row.state != "succeeded":
        raise JobFailed(f"job {job.id} {row.state}: {row.reason}", row)
