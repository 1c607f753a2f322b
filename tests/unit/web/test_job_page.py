"""What the page of one job says."""

from __future__ import annotations

import re

from django.test import Client
from django.utils import timezone

from qtwin.accounts.models import User
from qtwin.jobs.models import Calibration, Job, Measurement
from qtwin.jobs.services import job_cancel, job_hold, job_release
from qtwin.projects.models import Project
from tests.unit.jobs.stepping import take_steps


def shown(client: Client, job: Job) -> str:
    return client.get(f"/jobs/{job.pk}").content.decode()


def test_points_without_an_answer_are_listed_with_their_reason(signed_in: Client, job: Job) -> None:
    page = signed_in.get(f"/jobs/{job.pk}").content.decode()
    assert "Points without an answer" not in page
    job.failures.create(row=0, reason="ccsd_t <did not> converge")
    Job.objects.filter(pk=job.pk).update(points_done=1, points_failed=1)
    page = signed_in.get(f"/jobs/{job.pk}").content.decode()
    assert "Points without an answer" in page
    assert "ccsd_t &lt;did not&gt; converge" in page
    assert "1 of 1 points, 1 without an answer" in page


def test_a_job_says_what_it_reused_and_what_it_replays(
    signed_in: Client, project: Project, job: Job
) -> None:
    other = Job.objects.create(
        project=project,
        source_revision=job.source_revision,
        points=[[0.7]],
        observables=["energy"],
        seed=1,
        spec_hash="",
        points_total=1,
        replay_of=job,
    )
    text = signed_in.get(f"/jobs/{other.pk}").content.decode()
    assert f'href="/jobs/{job.pk}"' in text
    assert f"/api/v1/jobs/{other.pk}/replay-report" in text
    assert f"/api/v1/jobs/{other.pk}/identity" in text
    assert "the twin does not see these values" in text


def test_a_replay_that_has_ended_says_what_the_comparison_came_to(
    signed_in: Client, project: Project, job: Job
) -> None:
    take_steps(job)
    replay = Job.objects.create(
        project=project,
        source_revision=job.source_revision,
        points=job.points,
        observables=job.observables,
        seed=job.seed,
        spec_hash="",
        points_total=1,
        replay_of=job,
    )
    assert "when it has ended" in shown(signed_in, replay)
    take_steps(replay)
    page = shown(signed_in, replay)
    assert "1 identical ·" in page
    assert "a check only" in page


def test_an_empty_table_says_what_to_expect_of_it(signed_in: Client, job: Job, user: User) -> None:
    assert "while the job runs" in shown(signed_in, job)
    job_hold(job=job, why="", by=user)
    assert "once the job goes on" in shown(signed_in, job)
    job_cancel(job=job, by=user)
    page = shown(signed_in, job)
    assert "Nothing was measured" in page
    assert "Cancelled on request." in page


def test_the_timeline_keeps_the_reason_of_a_hold_that_is_over(
    signed_in: Client, job: Job, user: User
) -> None:
    job_hold(job=job, why="the lab is closed", by=user)
    job_release(job=job, by=user)
    Job.objects.filter(pk=job.pk).update(reason="another reason, of later")
    entries = re.findall(r"<span>([^<]*)</span><time", shown(signed_in, job))
    assert entries == ["Queued", "Held for a person to decide: the lab is closed", "Released"]


def test_a_device_says_its_calibration_at_run_or_that_nobody_knows_it(
    signed_in: Client, project: Project, job: Job
) -> None:
    device = project.sources.get(name="vqe-noisy").latest
    Job.objects.filter(pk=job.pk).update(source_revision=device)
    made = Measurement.objects.create(
        *(), project=project, job=job, row=0, source_revision=device, point=[0.7], value=-1.1,
        std=0.01, observable=project.observables.get(name="energy"), unit="hartree",
        measured_at=timezone.now(),
    )  # fmt: skip
    assert "not known" in words(shown(signed_in, job), "Calibration")
    named = Calibration.objects.create(
        team=project.team, backend="ibm", identifier="ibm_x-1", calibrated_at=timezone.now()
    )
    Measurement.objects.filter(pk=made.pk).update(calibration=named)
    page = words(shown(signed_in, job), "Calibration")
    assert "ibm_x-1" in page
    assert "at run, of" in page
    assert "what it says is not known" in page
    Calibration.objects.filter(pk=named.pk).update(digest="0" * 64)
    assert "not known" not in words(shown(signed_in, job), "Calibration")


def words(page: str, term: str) -> str:
    """What the page says of a term of its list of facts."""
    found = re.search(rf"<dt>{term}</dt><dd[^>]*>(.*?)</dd>", page, re.S)
    assert found is not None
    return found[1]
