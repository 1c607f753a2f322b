"""Steps in order: what begins after what, and under which condition."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from qtwin.campaigns.models import Campaign
from qtwin.campaigns.states import State
from qtwin.jobs.models import Job, Measurement
from qtwin.projects.models import Project
from tests.unit.campaigns.conftest import end_jobs, take

pytestmark = pytest.mark.django_db
Start = Callable[..., Campaign]


def step(name: str, source: str = "fci", **more: Any) -> dict[str, Any]:
    return {"name": name, "sweep": {"sources": [source], "points": [0.5, 1.0]}, **more}


def measured(project: Project, values: tuple[float, float]) -> None:
    """Numbers for the jobs that ended without any."""
    energy = project.observables.get(name="energy")
    for job in Job.objects.filter(state="DONE", measurements=None):
        for row, value in enumerate(values):
            Measurement.objects.create(
                project=project,
                job=job,
                row=row,
                source_revision=job.source_revision,
                observable=energy,
                point=job.points[row],
                value=value,
                std=0.01 * (row + 1),
                unit="hartree",
                measured_at=timezone.now(),
            )


def states(campaign: Campaign) -> dict[str, str]:
    return {step.name: step.state for step in campaign.steps.all()}


def finish(
    campaign: Campaign, values: tuple[float, float] = (-1.0, -0.5), failed: tuple[str, ...] = ()
) -> Campaign:
    for _ in range(10):
        take(campaign)
        if campaign.is_terminal:
            return campaign
        end_jobs(campaign, failed=failed)
        measured(campaign.project, values)
    raise AssertionError(campaign.reason)


def test_a_step_begins_when_all_before_it_have_ended(start: Start) -> None:
    asked = [step("d", after=["b", "c"]), step("b", after=["a"]), step("c", after=["a"]), step("a")]
    campaign = take(start({"name": "x", "steps": asked}))
    assert states(campaign) == {"a": "running", "b": "waiting", "c": "waiting", "d": "waiting"}
    end_jobs(campaign)
    take(campaign)
    assert states(campaign) == {"a": "done", "b": "running", "c": "running", "d": "waiting"}
    assert finish(campaign).state == State.DONE
    assert Job.objects.count() == 4


@pytest.mark.parametrize(
    ("when", "runs"),
    [
        ("coarse_min < -0.9", True),
        ("coarse_min == -1 and coarse_max == -0.5 and coarse_mean == -0.75", True),
        ("coarse_fci_std > 0.015 and coarse_measured == coarse_points", True),
        ("coarse_failed > 0", False),
        ("coarse_min > 0", False),
    ],
)
def test_a_condition_reads_what_was_measured(start: Start, when: str, runs: bool) -> None:
    fine = step("fine", after=["coarse"], when=when)
    campaign = finish(start({"name": "x", "steps": [step("coarse"), fine]}))
    assert campaign.state == State.DONE
    assert states(campaign)["fine"] == ("done" if runs else "skipped")
    assert Job.objects.count() == 1 + runs
    assert (when in campaign.reason) is not runs


def test_a_condition_may_look_two_steps_back(start: Start) -> None:
    last = step("c", after=["b"], when="a_min < 0")
    campaign = finish(start({"name": "x", "steps": [step("a"), step("b", after=["a"]), last]}))
    assert states(campaign)["c"] == "done"


def test_after_a_failure_nothing_begins_that_needs_it(start: Start) -> None:
    asked = [step("a", "hf"), step("b", after=["a"]), step("c", after=["b"])]
    campaign = finish(start({"name": "x", "steps": asked}), failed=("hf",))
    assert campaign.state == State.FAILED
    assert states(campaign) == {"a": "failed", "b": "skipped", "c": "skipped"}
    assert "It broke." in campaign.reason
    assert set(campaign.runs.values_list("state", flat=True)) == {"failed", "cancelled"}


def test_a_step_may_make_up_for_a_failure(start: Start) -> None:
    asked = [step("a", "hf"), step("b", after=["a"], when="a_failed > 0")]
    campaign = finish(start({"name": "x", "steps": asked}), failed=("hf",))
    assert campaign.state == State.DONE
    assert states(campaign) == {"a": "failed", "b": "done"}


def test_what_was_taken_out_of_the_evidence_decides_nothing(start: Start) -> None:
    from qtwin.jobs.services import measurement_invalidate

    fine = step("fine", after=["coarse"], when="coarse_min < -0.9")
    campaign = take(start({"name": "x", "steps": [step("coarse"), fine]}))
    end_jobs(campaign)
    measured(campaign.project, (-1.0, -0.5))
    lowest = Measurement.objects.get(value=-1.0)
    measurement_invalidate(measurement=lowest, why="loose cable", by=None)
    assert finish(campaign).state == State.DONE
    assert states(campaign)["fine"] == "skipped"
