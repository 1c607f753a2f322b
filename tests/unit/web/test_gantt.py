"""Bars of a job on its axis of time, from its events, attempts and vendor's tasks."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from qtwin.accounts.models import User
from qtwin.jobs.models import Event, Job, State
from qtwin.jobs.services import JobSpec, job_hold, job_release, job_submit
from qtwin.projects.models import Project
from qtwin.web.durations import duration
from qtwin.web.gantt import gantt, job_gantt, phases, ticks
from tests.unit.jobs.stepping import take_steps
from tests.unit.web.conftest import submit

START = datetime(2026, 5, 1, 12, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def events(*moves: tuple[float, State, dict[str, str]]) -> list[Event]:
    made, before = [], ""
    for seconds, state, data in moves:
        event = Event(kind="job.state", from_state=before, to_state=state, data=data)
        event.created_at, before = at(seconds), state
        made.append(event)
    return made


def test_a_state_lasts_until_the_next_one() -> None:
    job = Job(finished_at=at(100))
    moves = events(
        (0, State.QUEUED, {}),
        (10, State.SUBMITTING, {}),
        (12, State.SUBMITTED, {"remote_status": "QUEUED"}),
        (40, State.SUBMITTED, {"remote_status": "RUNNING"}),
        (60, State.FETCHED, {}),
        (61, State.QUEUED, {}),
        (80, State.RUNNING, {}),
        (100, State.DONE, {}),
    )
    told = [(span.word, span.start, span.end) for span in phases(job, moves)]
    assert told == [
        ("Queued", at(0), at(10)),
        ("Submitting", at(10), at(12)),
        ("At the vendor (QUEUED)", at(12), at(40)),
        ("At the vendor (RUNNING)", at(40), at(60)),
        ("Collecting", at(60), at(61)),
        ("Waiting to go on", at(61), at(80)),
        ("Running", at(80), at(100)),
    ]


def test_bars_are_percents_of_the_whole_and_what_lasts_ends_now() -> None:
    job = Job(finished_at=None)
    moves = events((0, State.QUEUED, {}), (25, State.RUNNING, {}))
    drawn = job_gantt(job, moves, [], [], now=at(100))
    assert drawn is not None
    (row,) = drawn.rows
    assert [(bar.x, bar.width) for bar in row.bars] == [(0, 25), (25, 75)]
    assert "75 s" not in row.bars[1].tip
    assert "1 min 15 s, from +25 s and goes on (12:00:25 UTC)" in row.bars[1].tip
    assert row.took == "1 min 40 s"
    assert drawn.totals == [("Queued", "wait", "25 s"), ("Running", "busy", "1 min 15 s")]


def test_nothing_has_no_chart() -> None:
    assert gantt([]) is None


@pytest.mark.parametrize("length_s", [0.001, 0.7, 4.2, 61, 3600, 90_000, 9e6, 3e9])
def test_an_axis_has_a_few_round_ticks(length_s: float) -> None:
    found = ticks(length_s)
    assert 2 <= len(found) <= 6
    assert found[0].x == 0
    assert found[-1].x <= 100
    assert len({tick.label for tick in found}) == len(found)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        *((0, "0 s"), (0.84, "0.84 s"), (12.4, "12 s"), (60, "1 min"), (200, "3 min 20 s")),
        *((7500, "2 h 5 min"), (3600 * 76, "3 d 4 h"), (-1, "0 s")),
    ],
)
def test_a_length_of_time_has_two_units_at_most(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_the_page_of_a_job_draws_its_states_and_attempts(
    signed_in: Client, job: Job, user: User
) -> None:
    job_hold(job=job, why="the lab is closed", by=user)
    job_release(job=job, by=user)
    take_steps(job)
    page = signed_in.get(f"/jobs/{job.pk}").content.decode()
    tips = [tip.split(":")[0] for tip in re.findall(r'role="img" aria-label="([^"]*)"', page)]
    assert tips[:4] == ["Queued", "Held", "Queued", "Running"]
    assert "Attempt 1" in page
    assert " style=" not in page


def test_one_goes_from_job_to_job_of_a_filter(
    signed_in: Client, project: Project, user: User
) -> None:
    first, other, last = (submit(project, user, name) for name in ("hf", "mp2", "hf"))
    page = signed_in.get(f"/jobs/{first.pk}?source=hf").content.decode()
    assert f'href="/jobs/{last.pk}?source=hf" rel="prev"' in page
    assert 'rel="next"' not in page
    middle = signed_in.get(f"/jobs/{other.pk}").content.decode()
    assert f'href="/jobs/{last.pk}" rel="prev"' in middle
    assert f'href="/jobs/{first.pk}" rel="next"' in middle


def test_a_job_leads_to_what_one_would_compare_it_with(
    signed_in: Client, project: Project, user: User
) -> None:
    before = submit(project, user)
    take_steps(before)
    spec = JobSpec(source=before.source_revision.source, points=[[0.9]])
    job = job_submit(project=project, spec=spec, by=user)
    signed_in.post(f"/jobs/{job.pk}:cancel")
    signed_in.post(f"/jobs/{job.pk}:retry")
    retry = Job.objects.get(retry_of=job)
    page = signed_in.get(f"/jobs/{job.pk}").content.decode()
    for other, words in ((retry, "its retry"), (before, "its source’s run before")):
        link = f'href="/jobs/compare?job={job.pk}&amp;job={other.pk}">{words}</a>'
        assert link in page, words
    assert "the job that it retries" in signed_in.get(f"/jobs/{retry.pk}").content.decode()


def test_a_raw_result_is_one_click_away(signed_in: Client, job: Job) -> None:
    take_steps(job)
    page = signed_in.get(f"/jobs/{job.pk}").content.decode()
    found = re.search(rf'href="(/api/v1/jobs/{job.pk}/raw/[0-9a-f]+)" download', page)
    assert found is not None
    assert signed_in.get(found[1]).status_code == 200
