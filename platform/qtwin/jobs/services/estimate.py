"""What a job would take and whether it would be accepted, before it is submitted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from backends.base import Kind
from qtwin.accounts.acting import token_by
from qtwin.accounts.ids import new_id
from qtwin.accounts.models import User
from qtwin.accounts.selectors import devices_of
from qtwin.jobs.services.plan import JobSpec, Planned, job_plan
from qtwin.jobs.services.spending import amounts, held_for_approval, spending_check
from qtwin.projects.models import Project, Unit
from qtwin.projects.refusal import SpendingRefused
from qtwin.projects.services import budget_reserve

FACTOR = 2.0
"""Nine estimates of seconds in ten are within it on this machine, which `make bench` measures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """How a vendor's device stood when the team's credential was last tested.

    Attributes:
        jobs: How many wait for it; None where the vendor does not say.
    """

    device: str
    state: str
    jobs: int | None
    as_of: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """Money, QPU seconds and shots are upper bounds, in micro-units as budgets keep them.

    Attributes:
        points: As asked for.
        known: Of them, those whose numbers exist and are taken; they cost nothing.
        runs: In how many chunks of work or runs of a vendor's queue the rest is split.
        seconds: Expected; the least and the most are a factor away.
        approval: Why an approver must agree; empty if nobody need.
        refused: Why it would not be accepted now; None if it would.
        queue: None where the source names no device, or it was never looked at.
    """

    points: int
    known: int
    runs: int
    seconds: float
    memory_bytes: int
    money: int
    qpu_seconds: int
    shots: int
    prices: str
    approval: str
    refused: SpendingRefused | None
    queue: Queue | None


def job_estimate(
    *, project: Project, spec: JobSpec, by: User | None, may_spend: bool = True
) -> Estimate:
    """Answer as a submission would be, and leave nothing behind.

    Raises:
        ProgramRejected: If it can never run; its field is a pointer into the specification.
        UnknownBackend: If the source's backend is no longer installed.
    """
    plan = job_plan(project, spec)
    able = plan.backend.capabilities
    uses = amounts(plan.cost, paid=able.paid) if able.paid or able.kind is Kind.QPU else {}
    refused = _refused(project, plan, by, may_spend=may_spend) if plan.new_points else None
    return Estimate(
        points=plan.points,
        known=plan.known.points,
        runs=-(-plan.new_points // plan.chunk_points),
        seconds=plan.cost.seconds,
        memory_bytes=plan.cost.memory_bytes,
        money=uses.get(Unit.MONEY, 0),
        qpu_seconds=uses.get(Unit.QPU_SECONDS, 0),
        shots=uses.get(Unit.SHOTS, 0),
        prices=plan.cost.prices,
        approval=str(held_for_approval(project, uses).get("reason", "")),
        refused=refused,
        queue=_queue(project, plan),
    )


def _refused(
    project: Project, plan: Planned, by: User | None, *, may_spend: bool
) -> SpendingRefused | None:
    """What would refuse it: a rule, or a budget with too little left."""
    try:
        asked = spending_check(project, plan.backend, plan.cost, may_spend=may_spend)
        with transaction.atomic():
            budget_reserve(
                project=project, user=by, token=token_by(by), job_id=new_id(), amounts=asked
            )
            transaction.set_rollback(True)
    except SpendingRefused as error:
        return error
    return None


def _queue(project: Project, plan: Planned) -> Queue | None:
    """Of the device that the source names, or of the only one that its backend has."""
    queue, name = plan.backend.capabilities.queue, plan.revision.settings.get("device")
    if queue is None:
        return None
    for seen in devices_of(project.team):
        own = [one for one in seen.devices if one["backend"] == plan.backend.name]
        named = [one for one in own if one["name"] == name] or (own if name is None else [])
        if len(named) == 1 and seen.as_of is not None:
            return _of(named[0], seen.as_of)
    return None


def _of(device: dict[str, Any], as_of: datetime) -> Queue:
    return Queue(
        device=device["name"], state=device["state"], jobs=device.get("queue"), as_of=as_of
    )
