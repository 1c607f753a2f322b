"""Jobs side by side: which rows differ, and how far their numbers are apart."""

from __future__ import annotations

import json
import re
from math import sqrt
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone

from qtwin.accounts.models import Team, User
from qtwin.jobs.models import Job, Measurement
from qtwin.jobs.services import JobSpec, job_submit
from qtwin.jobs.side_by_side import rows_side_by_side, tallies
from qtwin.projects.models import Project
from tests.unit.web.conftest import submit


def answer(job: Job, values: dict[float, tuple[float, float]], draw: str = "") -> None:
    """Its numbers: value and error by control."""
    for row, (point, (value, std)) in enumerate(values.items()):
        Measurement.objects.create(
            project=job.project, job=job, row=row, source_revision=job.source_revision,
            observable=job.project.observables.get(name="energy"), point=[point], value=value,
            std=std, unit="hartree", measured_at=timezone.now(), draw=draw,
        )  # fmt: skip


def shot_job(project: Project, user: User, shots: int) -> Job:
    source = project.sources.get(name="vqe-ideal")
    spec = JobSpec(source=source, points=[[0.7], [0.9]], shots=shots)
    return job_submit(project=project, spec=spec, by=user)


@pytest.fixture
def jobs(project: Project, user: User) -> list[Job]:
    """The second is 0.05 above the first at 0.7, of errors 0.03 and 0.04: one sigma."""
    first, second = shot_job(project, user, 100), shot_job(project, user, 200)
    answer(first, {0.7: (-1.10, 0.03), 0.9: (-1.00, 0.03)})
    answer(second, {0.7: (-1.05, 0.04), 1.5: (-0.9, 0.04)})
    return [first, second]


def page(client: Client, *jobs: Job, **more: str) -> tuple[int, str]:
    query = urlencode([*(("job", job.pk) for job in jobs), *more.items()])
    found = client.get(f"/jobs/compare?{query}")
    return found.status_code, found.content.decode()


def test_numbers_are_joined_on_controls_and_held_against_the_first(jobs: list[Job]) -> None:
    rows = rows_side_by_side(jobs)
    assert [row.controls for row in rows] == [{"bond_length": x} for x in (0.7, 0.9, 1.5)]
    assert [[one is not None for one in row.readings] for row in rows] == [
        *([True, True], [True, False], [False, True])
    ]
    second = rows[0].readings[1]
    assert second is not None
    assert second.sigmas == pytest.approx(0.05 / sqrt(0.03**2 + 0.04**2))
    assert second.verdict == "within_error"
    lonely = rows[2].readings[1]
    assert lonely is not None
    assert lonely.verdict is None
    (tally,) = tallies(rows)
    assert tally.verdicts == {"within_error": 1}
    assert tally.counted == 1
    assert tally.chi2 == pytest.approx(1.0)


def test_the_same_shots_are_no_agreement_of_two(project: Project, user: User) -> None:
    first, second = shot_job(project, user, 100), shot_job(project, user, 200)
    for job in (first, second):
        answer(job, {0.7: (-1.10, 0.03)}, draw="a" * 64)
    rows = rows_side_by_side([first, second])
    assert [one and one.same for one in rows[0].readings] == [False, True]
    assert tallies(rows)[0].counted == 0


def test_the_page_marks_what_differs_with_a_word(signed_in: Client, jobs: list[Job]) -> None:
    status, body = page(signed_in, *jobs)
    assert status == 200
    marked = re.findall(r'<tr class="differs"><th scope="row">(.*?) <span', body)
    assert marked == ["Shots", "Seed", "Question"]
    assert "agrees" in body
    assert "+1.0 σ" in body
    _, fewer = page(signed_in, *jobs, only="differences")
    assert '<th scope="row">Shots' in fewer
    assert '<th scope="row">Backend' not in fewer


def test_the_chart_is_given_every_number_with_its_error(signed_in: Client, jobs: list[Job]) -> None:
    _, body = page(signed_in, *jobs)
    found = re.search(r'<script type="application/json">(.*?)</script>', body, re.S)
    assert found is not None
    drawn = json.loads(found[1])
    assert drawn["control"] == {"label": "Bond length", "unit": "angstrom"}
    assert [one["points"] for one in drawn["jobs"]] == [
        [[0.7, -1.10, 0.03], [0.9, -1.00, 0.03]],
        [[0.7, -1.05, 0.04], [1.5, -0.9, 0.04]],
    ]


def test_jobs_of_others_are_not_compared(
    client: Client, stranger: User, signed_in: Client, jobs: list[Job], team: Team
) -> None:
    assert page(signed_in, jobs[0])[0] == 400
    assert page(signed_in, *jobs * 4)[0] == 200, "one that is named again is one"
    client.force_login(stranger)
    status, body = page(client, *jobs)
    assert status == 400
    assert "Bond length" not in body
    assert client.get("/jobs/compare").status_code == 200


def test_the_list_leads_there(signed_in: Client, project: Project, user: User) -> None:
    ids = [str(submit(project, user, name).pk) for name in ("hf", "mp2")]
    answer = signed_in.post("/jobs:act", {"verb": "compare", "job": ids})
    assert answer.headers["Location"] == f"/jobs/compare?job={ids[0]}&job={ids[1]}"
