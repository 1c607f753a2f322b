"""What a free worker does with a hint."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from qtwin.jobs.models import Attempt, Job, State
from qtwin.jobs.services import LeaseLost, chunk_record, claim, move
from qtwin.projects.models import Artifact
from tests.unit.jobs.conftest import result_of
from workers import step as steps
from workers.turn import take_turn

pytestmark = pytest.mark.django_db


def test_a_hint_at_what_is_not_due_writes_nothing(job: Job) -> None:
    Job.objects.update(next_run_at=timezone.now() + timedelta(hours=1))
    with CaptureQueriesContext(connection) as queries:
        take_turn(str(job.pk), owner="w")
    assert not [q for q in queries.captured_queries if not q["sql"].startswith("SELECT")]


def test_a_job_that_others_took_meanwhile_leaves_the_hinted_one(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[str] = []

    def step(job_id: str, *, owner: str) -> bool:
        taken.append(job_id)
        return False

    monkeypatch.setattr("workers.turn.step", step)
    take_turn("hinted", owner="w")
    assert taken == [str(job.pk), "hinted"]


def test_an_attempt_begins_with_the_move_to_running_or_not_at_all(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object, **__: object) -> None:
        raise SystemExit

    monkeypatch.setattr(steps, "move", die)
    with pytest.raises(SystemExit):
        steps.step(str(job.pk), owner="w")
    assert not Attempt.objects.exists()


def test_a_worker_that_lost_its_lease_leaves_no_artifact(job: Job) -> None:
    held = claim(job.pk, owner="sleepy", lease_s=30)
    assert held is not None
    move(held, State.RUNNING, keep_lease=True)
    held.fence -= 1
    with pytest.raises(LeaseLost):
        chunk_record(held, start=0, result=result_of(3))
    assert not Artifact.objects.filter(kind="job-result").exists()
