"""What a free worker does with a hint."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from qtwin.accounts.ids import new_id
from qtwin.jobs.models import Attempt, Job, State
from qtwin.jobs.services import LeaseLost, chunk_record, claim, move
from qtwin.projects.models import Artifact
from tests.unit.jobs.conftest import result_of
from workers import step as steps
from workers.turn import LOOKS, take_turn

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
    assert taken == [str(job.pk)] * LOOKS + ["hinted"]


def test_whoever_loses_a_turn_looks_again(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its hint may be the last one: nobody else would come for the other job before the sweeper."""
    copied = {field.attname: getattr(job, field.attname) for field in Job._meta.fields}
    first = Job.objects.create(**copied | {"id": new_id()})
    Job.objects.filter(pk=first.pk).update(
        rank_at=job.created_at - timedelta(hours=1), spec_hash="another question"
    )
    taken: list[str] = []

    def step(job_id: str, *, owner: str) -> bool:
        taken.append(job_id)
        if job_id == str(first.pk):
            assert claim(first.pk, owner="another", lease_s=30) is not None
            return False
        return True

    monkeypatch.setattr("workers.turn.step", step)
    take_turn(str(first.pk), owner="w")
    assert taken == [str(first.pk), str(job.pk)]


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
