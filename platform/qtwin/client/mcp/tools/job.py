"""Tools that work with jobs: estimate, submit, watch, cancel, read what they measured."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from qtwin.client.mcp.call import CALL, client
from qtwin.client.mcp.proposal import check_price
from qtwin.client.mcp.shapes.answer import Answer
from qtwin.client.mcp.shapes.job import JobSeen, JobWatched, Measured
from qtwin.client.mcp.shapes.money import Estimated, Wrong
from qtwin.client.mcp.shapes.shape import Cursor, Id, Limit, Name, Page, Project
from qtwin.client.mcp.told import others
from qtwin.client.mcp.tool import ENDS, MAKES, READS, strict
from qtwin.client.remote.project import AsyncProject
from qtwin.client.rows.job import JobDetail
from qtwin.client.rows.measurement import MeasurementRow
from qtwin.client.wire.errors import TookTooLong
from qtwin.client.wire.place import at

MOST_POINTS = 500
LONGEST_WAIT_S = 60
"""Clients of the protocol give a call up after some time."""

Points = Annotated[
    list[float | list[float]],
    Field(
        min_length=1,
        max_length=MOST_POINTS,
        description="A number each with one control; with several a list in their order.",
    ),
]
Source = Annotated[Name, Field(description="Name of a source of the project.")]
Observables = Annotated[
    list[Name], Field(max_length=20, description="Empty: all that the source gives.")
]
Knobs = Annotated[
    dict[str, float | list[float]],
    Field(max_length=20, description="One value each, or one per point."),
]
Shots = Annotated[int | None, Field(ge=1)]
Seed = Annotated[int | None, Field(ge=0)]
DryRun = Annotated[
    bool, Field(description="True: only say what would be done. False needs confirm.")
]
Confirm = Annotated[
    str, Field(max_length=64, description="The confirm that a dry run of this request gave.")
]


class SubmitAnswer(Answer):
    """Of submit_job."""

    estimated: Estimated
    job: JobSeen | None = Field(default=None, description="None in a dry run.")


class CancelAnswer(Answer):
    """Of cancel_job."""

    job: JobSeen


async def estimate_job(
    *,
    project: Project,
    source: Source,
    points: Points,
    observables: Observables = [],  # noqa: B006 - never changed, and a schema shows it
    knobs: Knobs = {},  # noqa: B006
    shots: Shots = None,
    seed: Seed = None,
) -> Estimated:
    """What a job would take and cost, and whether this token may submit it. Nothing is done."""
    found = await client().project(project)
    asked = _asked(
        source=source,
        points=points,
        observables=observables,
        knobs=knobs,
        shots=shots,
        seed=seed,
    )
    return await _estimated(found, asked)


async def submit_job(
    *,
    project: Project,
    source: Source,
    points: Points,
    observables: Observables = [],  # noqa: B006 - never changed, and a schema shows it
    knobs: Knobs = {},  # noqa: B006
    shots: Shots = None,
    seed: Seed = None,
    dry_run: DryRun = True,
    confirm: Confirm = "",
) -> SubmitAnswer:
    """Submit a job: one source evaluated at points. A dry run by default.

    A dry run says what would be done, its cost, whether this token may, and gives a confirm. To
    submit, call again with the same arguments, dry_run false and that confirm. Doing so twice makes
    one job.
    """
    found = await client().project(project)
    asked = _asked(
        source=source,
        points=points,
        observables=observables,
        knobs=knobs,
        shots=shots,
        seed=seed,
    )
    call, request = CALL.get(), {"project": found.id, **asked}
    what: dict[str, Any] = {"who": call.client.who, "tool": "submit_job", "request": request}
    if not dry_run:
        proposal = call.proposals.confirmed(confirm, **what)
        estimated = await _estimated(found, asked)
        check_price(estimated.cost.price(), proposal)
        job = await found.submit(**asked, key=proposal.key)
        return SubmitAnswer(
            dry_run=False,
            what=f"submitted {_words(request)}",
            allowed=True,
            idempotency_key=proposal.key,
            estimated=estimated,
            job=JobSeen.of(job.row),
        )
    estimated = await _estimated(found, asked)
    answer = SubmitAnswer(
        dry_run=True,
        what=f"would submit {_words(request)}",
        allowed=estimated.allowed,
        refused=estimated.refused,
        estimated=estimated,
    )
    return answer.offered(call, **what, price=estimated.cost.price())


async def watch_job(
    job: Id,
    wait_s: Annotated[
        int, Field(ge=0, le=LONGEST_WAIT_S, description="How long to wait until it rests.")
    ] = 0,
) -> JobWatched:
    """A job as it is now, or when it has ended, at the latest after wait_s seconds."""
    found = await client().job(job)
    row: JobDetail = await found.status()
    if wait_s and not row.rests:
        try:
            row = await found.wait(timeout=wait_s)
        except TookTooLong:
            row = await found.status()
    return JobWatched.seen(row)


async def cancel_job(job: Id, dry_run: DryRun = True, confirm: Confirm = "") -> CancelAnswer:
    """Ask a job to stop; what a vendor finishes in spite of it is kept and charged.

    A dry run by default, confirmed like submit_job.
    """
    found = await client().job(job)
    call, state = CALL.get(), found.row.state
    what: dict[str, Any] = {"who": call.client.who, "tool": "cancel_job", "request": {"job": job}}
    if not dry_run:
        proposal = call.proposals.confirmed(confirm, **what)
        row = found.row if found.row.ended else await found.cancel()
        return CancelAnswer(
            dry_run=False,
            what=f"job {job} was {state}, and is asked to stop",
            allowed=True,
            idempotency_key=proposal.key,
            job=JobSeen.of(row),
        )
    refused = await rights_missing(found.row.project)
    if found.row.ended:
        refused.append(
            Wrong(pointer="/job", code="ended", detail=others(f"the job has {state} already"))
        )
    answer = CancelAnswer(
        dry_run=True,
        what=f"would ask job {job}, which is {state}, to stop",
        allowed=not refused,
        refused=refused,
        job=JobSeen.of(found.row),
    )
    return answer.offered(call, **what)


async def read_result(job: Id, limit: Limit = 50, cursor: Cursor = "") -> Page[Measured]:
    """What a job has measured by now, oldest first."""
    path = at("jobs", job, "measurements")
    found = await client().rows(path, MeasurementRow.read, limit=limit, cursor=cursor)
    return Page(rows=[Measured.of(row) for row in found.rows], cursor=found.cursor)


async def rights_missing(project_id: str) -> list[Wrong]:
    """Why this token may change nothing in a project; nothing where it may."""
    rights = await client().document(at("projects", project_id, "rights"))
    if rights["submit"]:
        return []
    return [Wrong(pointer="", code="not_allowed", detail=others(rights["why_not"]))]


async def _estimated(project: AsyncProject, asked: dict[str, Any]) -> Estimated:
    rights = await rights_missing(project.id)
    return Estimated.of(await project.estimate(**asked), rights=rights)


def _asked(
    *,
    source: str,
    points: list[float | list[float]],
    observables: list[str],
    knobs: dict[str, float | list[float]],
    shots: int | None,
    seed: int | None,
) -> dict[str, Any]:
    return {
        "source": source,
        "points": points,
        "observables": observables,
        "knobs": knobs,
        "shots": shots,
        "seed": seed,
    }


def _words(request: dict[str, Any]) -> str:
    count, plural = len(request["points"]), "" if len(request["points"]) == 1 else "s"
    return f"{count} point{plural} at source {request['source']} of project {request['project']}"


TOOLS = [
    *(strict(function, READS) for function in (estimate_job, watch_job, read_result)),
    strict(submit_job, MAKES),
    strict(cancel_job, ENDS),
]
