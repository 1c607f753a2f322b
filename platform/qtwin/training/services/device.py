"""The stage on a device: the policy's schedule as an ordinary job, with budgets and approval.

Workers only: what is imported here is heavy.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from backends.errors import ProgramRejected
from qtwin.accounts.acting import acting
from qtwin.fusion.base import FloatArray
from qtwin.jobs.models import Job
from qtwin.jobs.models import State as JobState
from qtwin.jobs.raws import raw_of_row, run_of_row
from qtwin.jobs.services import JobSpec, job_submit
from qtwin.projects.models import Project, Source
from qtwin.projects.selectors import projects_writable_by
from qtwin.projects.services import project_create, source_create
from qtwin.training.models import TransferReport
from qtwin.training.services.lease import work_rest, work_tell
from qtwin.training.services.loading import world_load
from qtwin.training.states import State

if TYPE_CHECKING:
    from qtwin.worlds.control.schedule import Schedule
    from qtwin.worlds.control.world import ControlWorld
    from qtwin.worlds.policies import Policy
    from qtwin.worlds.transfer.stage import Rung

SHIFT = "detuning_shift"
"""The control of a transfer project: an error of the detuning, rad/us; 0 is the policy's own."""
SHIFTS = 2.0
FIRST_S, LONGEST_S = 1.0, 60.0
PATIENCE = 0.1
"""Between two looks at a job pass so many of the seconds that it has taken so far."""


def device_submit(report: TransferReport, policy: Policy) -> None:
    """Make the job, once, in the transfer project of the policy; and wait for it.

    Raises:
        ProgramRejected: No device runs it.
        SpendingRefused: It would spend what it may not.
        WorkLost: Somebody else has the report; there is no job then.
    """
    from qtwin.worlds.control.play import schedule_of

    world = _control(world_load(report.world))
    if world.rounds > 1:
        raise ProgramRejected(
            f"a world of {world.rounds} rounds, in which it does what it sees; allowed: one round",
            field="/stages",
        )
    system = _system(world, schedule_of(world, policy))
    asked = report.asked["qpu"]
    by = None if report.created_by is None else acting(report.created_by, report.token)
    if by is None or not projects_writable_by(by).filter(pk=report.world.project_id).exists():
        raise ProgramRejected("who asked for it may no longer submit jobs here", field="/qpu")
    with transaction.atomic():
        project = _project(report, system)
        job = job_submit(
            project=project,
            spec=JobSpec(
                source=_source(report.world.project, project, asked["source"], by),
                points=[[0.0]],
                shots=asked["shots"],
                force=True,
            ),
            by=by,
            may_spend=report.may_spend,
        )
        work_tell(report, "progress", stage="qpu", job=str(job.pk))
        work_rest(report, wait_s=FIRST_S, state=State.WAITING, transfer_project=project, job=job)


def device_rung(report: TransferReport) -> Rung | None:
    """The stage on the device, when the job has ended; else the report rests.

    Raises:
        ProgramRejected: The job gave nothing.
    """
    from qtwin.worlds.transfer.stage import Rung, Sample

    job = report.job
    assert job is not None
    if not job.is_terminal:
        age_s = (timezone.now() - job.created_at).total_seconds()
        wait_s = min(max(PATIENCE * age_s, FIRST_S), LONGEST_S)
        work_rest(report, wait_s=wait_s, state=State.WAITING, reason=job.reason)
        return None
    if job.state != JobState.DONE or job.points_failed:
        raise ProgramRejected(f"its job is {job.shown_state}: {job.reason}", field="/qpu")
    shots = _shots(job, _control(world_load(report.world)))
    title = f"Device: {job.source_revision.source.label}"
    return Rung(name="qpu", title=title, play=lambda policy: Sample(values=shots, shots=len(shots)))


def _shots(job: Job, world: ControlWorld) -> FloatArray:
    """The goal in each shot, shape ``(S,)``."""
    from qtwin.worlds.transfer.device import shot_values

    run = run_of_row(job, 0)
    counts: Mapping[str, int] = {} if run is None else raw_of_row(run, 0).get("counts", {})
    if not counts:
        raise ProgramRejected("its job gave no counts of outcomes", field="/qpu/source")
    return shot_values(world, counts)


def _control(world: Any) -> ControlWorld:
    if world.kind != "control" or world.goal.diagonal is None:
        raise ProgramRejected(
            f"a {world.kind} world; allowed: a control world whose goal is read from shots",
            field="/stages",
        )
    found: ControlWorld = world
    return found


def _system(world: ControlWorld, schedule: Schedule) -> dict[str, Any]:
    """The schedule as a system, with the error of its detuning as the control."""
    document = schedule.system(world)
    wave = document.get("detuning", 0.0)
    if isinstance(wave, Mapping):
        values = [_shifted(value) for value in wave["values"]]
        shifted: Any = {**wave, "values": values}
    else:
        shifted = _shifted(wave)
    control = {
        "name": SHIFT,
        "label": "Error of the detuning",
        "unit": "rad/us",
        "lower": -SHIFTS,
        "upper": SHIFTS,
    }
    return {**document, "detuning": shifted, "controls": [control]}


def _shifted(value: Any) -> str:
    return f"{float(value)!r} + {SHIFT}"


def _project(report: TransferReport, system: Mapping[str, Any]) -> Project:
    """That of the policy, made when it is first wanted."""
    known = (
        TransferReport.objects.filter(policy=report.policy, transfer_project__deleted_at=None)
        .exclude(transfer_project=None)
        .select_related("transfer_project__team")
        .first()
    )
    if known is not None and known.transfer_project is not None:
        return known.transfer_project
    home = report.world.project
    return project_create(
        team=home.team,
        name=f"{home.name[:60]} - transfer of {report.policy.name[:40]}",
        system=system,
        by=report.created_by,
        spends_for=home,
        description=f"The schedule of the policy {report.policy.name!r}, as it is run on devices.",
    )


def _source(home: Project, project: Project, name: str, by: Any) -> Source:
    """The source of the project that trained, in the one that transfers."""
    known = project.sources.filter(name=name).first()
    if known is not None:
        return known
    theirs = home.sources.filter(name=name).first()
    if theirs is None:
        allowed = ", ".join(home.sources.values_list("name", flat=True)) or "none yet"
        raise ProgramRejected(f"unknown source {name!r}; allowed: {allowed}", field="/qpu/source")
    latest = theirs.latest
    return source_create(
        project=project,
        name=theirs.name,
        label=theirs.label,
        role=theirs.role,
        backend=latest.backend,
        method=latest.method,
        settings=latest.settings,
        learn_scale=latest.learn_scale,
        by=by,
    )
