"""One short step of a loop at a time. What a step asks for and its record are one transaction.

So a worker that dies has either asked and recorded it, or done nothing; nothing is asked for twice.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from backends.errors import BackendError, ProgramRejected
from qtwin.accounts.acting import acting
from qtwin.accounts.models import User
from qtwin.campaigns.services import campaign_cancel, campaign_create
from qtwin.campaigns.states import State as CampaignState
from qtwin.projects.models import Project
from qtwin.projects.refusal import SpendingRefused
from qtwin.projects.selectors import projects_writable_by
from qtwin.training.limits import MOST_CRASHES
from qtwin.training.models import Loop, LoopRound, Work, World
from qtwin.training.services.lease import (
    work_cancel,
    work_end,
    work_keep,
    work_rest,
    work_tell,
    work_wants_cancel,
)
from qtwin.training.services.loop import loop_steps
from qtwin.training.services.narrowing import fall_of
from qtwin.training.services.report import report_create
from qtwin.training.services.run import run_create
from qtwin.training.services.world import NotReady, TooMany, world_create
from qtwin.training.states import State
from qtwin.twins.models import Twin, TwinVersion

FIRST_S, LONGEST_S = 1.0, 60.0
PATIENCE = 0.1
"""Between two looks at what a round waits for pass so many of the seconds since it was asked."""
BUSY_S = 30.0
"""Until it asks again when the team has too much under way."""
NAME = 100
PARTS = ("run", "report", "campaign")
LOADED = ("world__project__team", "world__twin_version", "run__policy", "report", "campaign")


def loop_advance(loop: Loop) -> None:
    """Take the next step of a claimed loop, or rest until there may be one.

    Raises:
        WorkLost: Somebody else has it; nothing was written then.
    """
    try:
        if loop.crashes > MOST_CRASHES:
            raise ProgramRejected(f"{MOST_CRASHES} workers in a row died with it")
        if work_wants_cancel(loop):
            _cancel(loop)
            return
        _step(loop, _round(loop))
    except TooMany as error:
        work_rest(loop, wait_s=BUSY_S, state=State.WAITING, reason=f"It waits: {error}.")
    except SpendingRefused as error:
        enough = loop.rounds.exclude(gap=None).exists()
        to = State.DONE if enough else State.FAILED
        work_end(loop, to, reason=f"A budget refuses more: {error}", field=error.field[:200])
    except (BackendError, NotReady) as error:
        field = getattr(error, "field", "")[:200]
        work_end(loop, State.FAILED, reason=str(error), field=field)


def _round(loop: Loop) -> LoopRound:
    """The last round; the first is begun with the loop's own world."""
    last = loop.rounds.select_related(*LOADED).order_by("-number").first()
    if last is not None:
        return last
    with transaction.atomic():
        work_keep(loop)
        made: LoopRound = loop.rounds.create(number=1, world=loop.world)
    return made


def _step(loop: Loop, now: LoopRound) -> None:
    if now.run is None:
        _train(loop, now)
    elif not now.run.has_ended:
        _rest(loop, now.run)
    elif now.report is None:
        _transfer(loop, now)
    elif not now.report.has_ended:
        _rest(loop, now.report)
    elif now.gap is None:
        _judge(loop, now)
    elif now.campaign is None:
        _measure(loop, now)
    elif not now.campaign.is_terminal:
        _rest(loop, now.campaign)
    else:
        _refit(loop, now)


def _train(loop: Loop, now: LoopRound) -> None:
    asked = loop.asked
    with transaction.atomic():
        run = run_create(
            world=now.world,
            learner=asked["learner"],
            by=_by(loop),
            name=f"round {now.number}",
            seed=asked["seed"],
            evaluations=asked["evaluations"],
            seconds=asked["seconds"],
        )
        _record(loop, now, run=run)


def _transfer(loop: Loop, now: LoopRound) -> None:
    """Ask for the report; beside the policy plays that of the round before, if there is one."""
    assert now.run is not None
    _needs_done(now, "training run", now.run)
    before = loop.rounds.filter(number=now.number - 1).values_list("run__policy", flat=True).first()
    earlier = {} if before is None else {"retraining": str(before)}
    with transaction.atomic():
        report = report_create(
            policy=now.run.policy,
            asked=loop.asked["report"] | {"earlier": earlier},
            by=_by(loop),
            may_spend=loop.may_spend,
        )
        _record(loop, now, report=report)


def _judge(loop: Loop, now: LoopRound) -> None:
    """Note the gap and by how much it fell, and end or go on."""
    assert now.report is not None
    _needs_done(now, "transfer report", now.report)
    gap = now.report.document["gap"]
    before = loop.rounds.filter(number=now.number - 1).values_list("gap", flat=True).first()
    fall = None if before is None else fall_of(before, gap)
    why = ""
    if now.number >= loop.most_rounds:
        why = f"Its rounds are used: {loop.most_rounds}."
    elif fall is not None and not (fall["lower"] > 0.0 and fall["value"] > loop.improvement):
        why = (
            f"The gap fell by {fall['value']:.3g} ({fall['lower']:.3g} to {fall['upper']:.3g}), "
            f"no more than its error or {loop.improvement:g}."
        )
    with transaction.atomic():
        work_keep(loop)
        LoopRound.objects.filter(pk=now.pk).update(gap=gap, fall=fall)
        work_tell(loop, "progress", round=now.number, gap=gap["absolute"])
        if why:
            work_end(loop, State.DONE, reason=why)
        else:
            work_rest(loop, wait_s=0.0, state=State.WAITING, reason="")


def _measure(loop: Loop, now: LoopRound) -> None:
    project = loop.world.project
    newest = TwinVersion.objects.filter(twin__project=project).order_by("-number").first()
    with transaction.atomic():
        campaign, _ = campaign_create(
            project=project,
            name=f"{loop.asked['campaign']['name'][:NAME]}, round {now.number}",
            steps=loop_steps(loop),
            by=_by(loop),
            may_spend=loop.may_spend,
        )
        number = 0 if newest is None else newest.number
        _record(loop, now, campaign=campaign, version_before=number)


def _refit(loop: Loop, now: LoopRound) -> None:
    """Once the twin has taken in what was measured, begin a round in a world made from that."""
    campaign = now.campaign
    assert campaign is not None
    if campaign.state != CampaignState.DONE:
        raise ProgramRejected(
            f"round {now.number}: its campaign is {campaign.state}: {campaign.reason}"
        )
    project = Project.objects.get(pk=loop.world.project_id)
    twin = Twin.objects.filter(project=project).first()
    if twin is None or twin.assimilated < project.evidence:
        work_rest(
            loop,
            wait_s=FIRST_S,
            state=State.WAITING,
            reason="It waits for the twin to take in what was measured.",
        )
        return
    newest = twin.versions.order_by("-number").first()
    if newest is None or newest.number <= now.version_before:
        said = twin.problem or "nothing new was measured"
        raise ProgramRejected(f"round {now.number}: the twin has no new version: {said}")
    _next_world(loop, now, newest.number)


def _next_world(loop: Loop, now: LoopRound, version: int) -> None:
    """The same document, made from the new version; the old one is held out."""
    old, number = now.world, now.number + 1
    name = f"{loop.world.name[:NAME]}, round {number}"
    if World.objects.filter(project=old.project, name=name, deleted_at=None).exists():
        name = f"{name} {str(loop.pk)[-8:]}"
    with transaction.atomic():
        world = world_create(
            project=old.project,
            name=name,
            document=old.document,
            by=_by(loop),
            calibration=old.calibration,
            twin_version=version,
            held_out_version=None if old.twin_version is None else old.twin_version.number,
        )
        loop.rounds.create(number=number, world=world)
        work_tell(loop, "progress", round=number, world=str(world.pk))
        work_rest(loop, wait_s=0.0, state=State.WAITING, reason="")


def _record(loop: Loop, now: LoopRound, **made: Any) -> None:
    """Note what was asked for, in the transaction in which it was; and wait for it.

    Raises:
        WorkLost: Somebody else has the loop; then there is none of it.
    """
    LoopRound.objects.filter(pk=now.pk).update(**made)
    ids: dict[str, Any] = {part: str(made[part].pk) for part in PARTS if part in made}
    work_tell(loop, "progress", round=now.number, **ids)
    work_rest(loop, wait_s=FIRST_S, state=State.WAITING, reason="")


def _rest(loop: Loop, part: Any) -> None:
    age_s = (timezone.now() - part.created_at).total_seconds()
    wait_s = min(max(PATIENCE * age_s, FIRST_S), LONGEST_S)
    work_rest(loop, wait_s=wait_s, state=State.WAITING, reason=part.reason)


def _needs_done(now: LoopRound, what: str, work: Work) -> None:
    if work.state != State.DONE:
        raise ProgramRejected(
            f"round {now.number}: its {what} is {work.state}: {work.reason}", field=work.field
        )


def _by(loop: Loop) -> User:
    """Who asked for it, as long as they may submit there.

    Raises:
        ProgramRejected: They may no longer.
    """
    by = None if loop.created_by is None else acting(loop.created_by, loop.token)
    if by is None or not projects_writable_by(by).filter(pk=loop.world.project_id).exists():
        raise ProgramRejected("who asked for it may no longer submit jobs here")
    return by


@transaction.atomic
def _cancel(loop: Loop) -> None:
    """End it with what its last round has under way."""
    by = loop.created_by
    last = loop.rounds.select_related(*LOADED).order_by("-number").first()
    if last is not None:
        mine = [last.world] if last.number > 1 else []
        for work in (*mine, last.run, last.report):
            if work is not None and not work.has_ended:
                work_cancel(work=work, by=by)
        if last.campaign is not None:
            campaign_cancel(campaign=last.campaign, by=by)
    work_end(loop, State.CANCELLED, reason="It was cancelled.")
