"""The parts of a round, ended by hand."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from qtwin.campaigns.models import Campaign
from qtwin.campaigns.outline import StepPlan
from qtwin.projects.models import Project
from qtwin.training.models import Loop, LoopRound, TrainingRun, TransferReport, World
from qtwin.training.services import (
    work_claim,
    work_end,
)
from qtwin.training.services.looping import loop_advance
from qtwin.training.states import State
from qtwin.twins.models import Twin, TwinVersion
from tests import trained

LONG_AGO = "1970-01-01T00:00:00Z"
SWEEP: dict[str, Any] = {
    "sources": [{"source": "hf", "knobs": {}, "shots": None}],
    "points": [0.7, 0.9],
    "observables": [],
    "chunk_points": None,
    "seed": 1,
}
ASKED: dict[str, Any] = {
    "learner": {"kind": "cma_es"},
    "report": {
        "stages": ["nominal", "randomised"],
        "episodes": 10,
        "seed": 0,
        "noise": {},
        "qpu": None,
    },
    "campaign": ("Again", [StepPlan(name="sweep", kind="sweep", spec=SWEEP)]),
    "rounds": 2,
    "evaluations": 300,
}


def claimed(loop: Loop) -> Loop:
    Loop.objects.update(next_run_at=LONG_AGO, lease_until=LONG_AGO)
    found: Loop = work_claim(Loop.objects.all(), loop.pk, owner="a", lease_s=60)
    return found


def step(loop: Loop) -> Loop:
    loop_advance(claimed(loop))
    loop.refresh_from_db()
    return loop


def last(loop: Loop) -> LoopRound:
    found = loop.rounds.order_by("-number").first()
    assert found is not None
    return found


def end(work: Any, **fields: Any) -> None:
    held = work_claim(type(work).objects.all(), work.pk, owner="a", lease_s=60)
    work_end(held, State.DONE, **fields)


def gap(value: float, half: float = 0.01) -> dict[str, Any]:
    ends = {"lower": value - half, "upper": value + half}
    return {"absolute": value, **ends, "level": 0.95, "method": "as the test says"}


def end_run(loop: Loop) -> None:
    run = last(loop).run
    assert run is not None
    end(run)
    trained.policy_of(run.world, run)


def end_report(loop: Loop, value: float = 0.3) -> None:
    report = last(loop).report
    assert report is not None
    end(report, document={"gap": gap(value)})


def end_campaign(loop: Loop, *, version: int | None = 1) -> None:
    """It is done, and the twin has taken in what it measured."""
    campaign = last(loop).campaign
    assert campaign is not None
    Campaign.objects.filter(pk=campaign.pk).update(state="done", finished_at=timezone.now())
    Project.objects.update(evidence=7)
    twin, _ = Twin.objects.update_or_create(project=campaign.project, defaults={"assimilated": 7})
    if version is not None:
        TwinVersion.objects.create(
            twin=twin,
            number=version,
            measurements=2,
            as_of=timezone.now(),
            fusion_version="1",
            seed=0,
            fit_seconds=0.1,
        )


def rows() -> list[int]:
    return [t.objects.count() for t in (TrainingRun, TransferReport, Campaign, World, LoopRound)]
