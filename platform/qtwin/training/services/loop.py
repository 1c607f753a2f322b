"""Loops of training and measuring: asked for at once, taken step by step by a worker."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import partial
from typing import Any

from django.db import transaction

from backends.errors import ProgramRejected
from qtwin.accounts.acting import token_by
from qtwin.accounts.models import User
from qtwin.accounts.services import audit_record
from qtwin.campaigns.outline import StepPlan
from qtwin.campaigns.services import campaign_create
from qtwin.projects.refusal import SpendingRefused
from qtwin.training import dispatch
from qtwin.training.documents import check_learner
from qtwin.training.limits import MOST_OPEN
from qtwin.training.models import Loop, World
from qtwin.training.services.lease import work_tell
from qtwin.training.services.run import SEED_BITS, budget_check
from qtwin.training.services.world import NotReady, TooMany
from qtwin.training.states import OPEN, State


class _Rehearsed(Exception):
    """Undoes a campaign that was only tried."""


@transaction.atomic
def loop_create(
    *,
    world: World,
    learner: Mapping[str, Any],
    report: Mapping[str, Any],
    campaign: tuple[str, Sequence[StepPlan]],
    rounds: int,
    by: User | None,
    improvement: float = 0.0,
    seed: int | None = None,
    evaluations: int | None = None,
    seconds: float | None = None,
    may_spend: bool = False,
) -> Loop:
    """Record a loop whose parts could all begin now; a worker takes its steps.

    Args:
        learner: Of every round, with the budget ``evaluations`` or ``seconds``, or both.
        report: Stages of every round's transfer report, and their settings, as they were checked.
        campaign: Name and steps of what every round but the last measures.
        rounds: At most.
        improvement: It ends once the gap falls by no more than this, or than its error.
        seed: Of every round's run, so that only the worlds differ; drawn where none is given.
        may_spend: Whether the caller's token has the right to spend; its jobs have no other.

    Raises:
        ProgramRejected: Its field points at what is wrong.
        SpendingRefused: The first job of the campaign would spend what it may not now.
        NotReady: The world was refused.
        TooMany: Others of the team have not ended.
    """
    check_learner(learner)
    budget_check(evaluations, seconds)
    _check_report(world, report)
    if world.state in {State.FAILED, State.CANCELLED}:
        raise NotReady(f"the world is {world.state}: {world.reason}")
    team = world.project.team
    under_way = Loop.objects.filter(world__project__team=team, state__in=OPEN).count()
    if under_way >= MOST_OPEN:
        raise TooMany(f"{under_way} loops of the team have not ended; allowed: {MOST_OPEN}")
    name, steps = campaign
    _rehearse(world, name, steps, by=by, may_spend=may_spend)
    asked = {
        "learner": dict(learner),
        "seed": secrets.randbits(SEED_BITS) if seed is None else seed,
        "evaluations": evaluations,
        "seconds": seconds,
        "report": dict(report),
        "campaign": {"name": name, "steps": [asdict(step) for step in steps]},
    }
    loop = Loop.objects.create(
        world=world,
        asked=json.loads(json.dumps(asked)),
        most_rounds=rounds,
        improvement=improvement,
        may_spend=may_spend,
        created_by=by,
        token=token_by(by),
    )
    work_tell(loop, "state", State.QUEUED)
    audit_record(action="loop.create", user=by, team=team, target=f"loop:{loop.pk}")
    transaction.on_commit(partial(dispatch.hint, loop))
    return loop


def loop_steps(loop: Loop) -> list[StepPlan]:
    """Of the campaign of each of its rounds."""
    stored = loop.asked["campaign"]["steps"]
    return [StepPlan(**{**step, "after": tuple(step["after"])}) for step in stored]


def _check_report(world: World, report: Mapping[str, Any]) -> None:
    stages = report["stages"]
    if len(stages) < 2:
        raise ProgramRejected(
            f"{stages}; allowed: two stages or more, between which there is a gap",
            field="/report/stages",
        )
    if "held_out" in stages and world.held_out_version_id is None:
        raise ProgramRejected(
            "'held_out'; the world has no held-out version", field="/report/stages"
        )
    name = (report.get("qpu") or {}).get("source")
    known = set(world.project.sources.values_list("name", flat=True))
    if name is not None and name not in known:
        allowed = ", ".join(sorted(known)) or "none yet"
        raise ProgramRejected(
            f"unknown source {name!r}; allowed: {allowed}", field="/report/qpu/source"
        )


def _rehearse(
    world: World, name: str, steps: Sequence[StepPlan], *, by: User | None, may_spend: bool
) -> None:
    """Make the campaign and take it back: what refuses it would refuse it in every round."""
    try:
        with transaction.atomic():
            campaign_create(
                project=world.project, name=name, steps=steps, by=by, may_spend=may_spend
            )
            raise _Rehearsed
    except _Rehearsed:
        pass
    except (ProgramRejected, SpendingRefused) as error:
        error.field = f"/campaign{error.field}"
        raise
