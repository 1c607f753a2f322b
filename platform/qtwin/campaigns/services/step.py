"""One step of a new campaign: checked as far as it can be, with its entries."""

from __future__ import annotations

import math
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Sum

from backends import systems
from backends.errors import BackendError, ProgramRejected
from qtwin.campaigns.facts import sources_of
from qtwin.campaigns.models import Campaign, Step
from qtwin.campaigns.outline import StepPlan
from qtwin.campaigns.points import points_of
from qtwin.campaigns.services.entries import Chunk, Column, chunks_of, columns_of, entries_add
from qtwin.jobs.services import JobSpec, job_submit
from qtwin.projects.models import Project, Source
from qtwin.projects.refusal import SpendingRefused

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_POINTS = 100_000
MAX_RUNS = 10_000
CHUNK_POINTS = 100
LOOP_POINTS = 200
SEED_BITS = 31


class _Rehearsed(Exception):
    """Undoes a job that was only tried."""


def step_create(
    campaign: Campaign, position: int, plan: StepPlan, sources: Mapping[str, Source]
) -> Step:
    """Record a step with the entries that are known beforehand.

    Raises:
        ProgramRejected: If it can never run; its field points into the request.
        SpendingRefused: If its first job would spend what it may not.
    """
    _check_sources(plan, sources)
    spec: dict[str, Any] = deepcopy(dict(plan.spec))
    if spec.get("seed") is None:
        spec["seed"] = secrets.randbits(SEED_BITS)
    if plan.kind == Step.Kind.LOOP:
        _check_loop(campaign.project, plan, spec)
        sweep, at = spec["start"], f"{plan.place}/start"
    else:
        sweep, at = spec, plan.place
    chunks: list[Chunk] = []
    if sweep is not None:
        chunks = _chunks(campaign, sweep, columns_of(sweep["sources"], sources), at)
        sweep["points"] = None  # the entries hold them
    step = Step.objects.create(
        campaign=campaign,
        position=position,
        name=plan.name,
        kind=plan.kind,
        spec=spec,
        after=list(plan.after),
        when=plan.when,
    )
    entries_add(step, chunks)
    return step


def _check_sources(plan: StepPlan, sources: Mapping[str, Source]) -> None:
    for name in sources_of(plan.spec):
        if name not in sources:
            raise ProgramRejected(
                f"unknown source {name!r}; allowed: {', '.join(sources) or 'none yet'}",
                field=plan.place,
            )


def _check_loop(project: Project, plan: StepPlan, spec: dict[str, Any]) -> None:
    known = [observable.name for observable in project.observables.all()]
    if spec["observable"] not in known:
        raise ProgramRejected(
            f"unknown observable {spec['observable']!r}; allowed: {', '.join(known)}",
            field=f"{plan.place}/observable",
        )
    if spec["start"] is None and not plan.after and not project.evidence:
        raise ProgramRejected(
            "nothing is measured yet; needed: a sweep to start from", field=f"{plan.place}/start"
        )
    if spec["points"] is not None:
        found = _points(project, spec["points"], f"{plan.place}/points", LOOP_POINTS)
        spec["points"] = found.tolist()


def _chunks(
    campaign: Campaign, sweep: Mapping[str, Any], columns: Sequence[Column], at: str
) -> list[Chunk]:
    labels = [column.label for column in columns]
    for index, label in enumerate(labels):
        if label in labels[:index]:
            raise ProgramRejected(f"{label} is asked for twice", field=f"{at}/sources/{index}")
    points = _points(campaign.project, sweep["points"], f"{at}/points", MAX_POINTS)
    size = int(sweep["chunk_points"] or CHUNK_POINTS)
    before = campaign.steps.aggregate(runs=Sum("runs_total"))["runs"] or 0
    runs = before + math.ceil(len(points) / size) * len(columns)
    if runs > MAX_RUNS:
        raise ProgramRejected(
            f"{runs} jobs; allowed: at most {MAX_RUNS}, with more points in each",
            field=f"{at}/chunk_points",
        )
    chunks = chunks_of(points, columns, chunk_points=size)
    for index, column in enumerate(columns):
        with _pointed(f"{at}/sources/{index}"):
            _rehearse(campaign, chunks[0], column, sweep["observables"])
    return chunks


def _points(project: Project, design: Any, at: str, most: int) -> NDArray[Any]:
    system = systems.load(project.system)
    points = points_of(design, system.controls, most=most, at=at)
    with _pointed(at):
        system.check_points(points)
    return points


@contextmanager
def _pointed(at: str) -> Iterator[None]:
    try:
        yield
    except SpendingRefused as error:
        error.field = at
        raise
    except BackendError as error:
        raise ProgramRejected(str(error), field=at) from error


def _rehearse(campaign: Campaign, chunk: Chunk, column: Column, observables: Sequence[str]) -> None:
    """Submit a column's first job and take it back: what refuses it would refuse them all."""
    spec = JobSpec(
        source=column.source,
        points=chunk.points,
        knobs=column.knobs,
        observables=observables,
        shots=column.shots,
        seed=0,
    )
    try:
        with transaction.atomic():
            job_submit(
                project=campaign.project,
                spec=spec,
                by=campaign.created_by,
                may_spend=campaign.may_spend,
            )
            raise _Rehearsed
    except _Rehearsed:
        pass
