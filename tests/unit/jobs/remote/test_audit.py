"""A sound database passes the audit, and each kind of damage is named."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone

from qtwin.jobs.audit import audit
from qtwin.jobs.management.commands import check_invariants
from qtwin.jobs.models import Attempt, Event, Job, Measurement, State
from qtwin.projects.models import Budget, LedgerEntry, Period, Project, Unit
from tests.memory_vendor import Vendor

pytestmark = pytest.mark.django_db
Tick = Callable[..., Job]


@pytest.fixture
def done(vendor: Vendor, job: Job, tick: Tick) -> Job:
    tick(job)
    vendor.end()
    assert tick(job).state == State.DONE
    return job


def rewrite(job: Job, **columns: Any) -> None:
    Job.objects.filter(pk=job.pk).update(**columns)


def test_a_sound_database_has_no_findings(
    done: Job, submit: Callable[..., Job], tick: Tick
) -> None:
    tick(submit())
    submit()
    assert audit(read_bytes=True) == []
    out = StringIO()
    call_command("check_invariants", stdout=out)
    assert "no invariant is broken" in out.getvalue()


DAMAGES: dict[str, tuple[Callable[[Job], object], str]] = {
    "state": (
        lambda job: rewrite(job, state="SUBMITTED", finished_at=None),
        "SUBMITTED without an open submission",
    ),
    "event gone": (
        lambda job: Event.objects.filter(job=job, to_state="FETCHED").delete(),
        "has an event FETCHED to DONE after SUBMITTED",
    ),
    "events gone": (lambda job: Event.objects.filter(job=job).delete(), "has no event"),
    "illegal": (
        lambda job: Event.objects.filter(job=job, to_state="DONE").update(from_state="QUEUED"),
        "has an event QUEUED to DONE after FETCHED",
    ),
    "fence": (
        lambda job: Event.objects.filter(job=job, to_state="SUBMITTING").update(fence=9),
        "after 9",
    ),
    "measurement": (
        lambda job: Measurement.objects.filter(job=job, row=0).delete(),
        "DONE with 1 measurements of 2 points",
    ),
    "beyond": (
        lambda job: Measurement.objects.filter(job=job, row=0).update(row=7),
        "beyond its progress",
    ),
    "attempt": (lambda job: Attempt.objects.filter(job=job).update(ended_at=None), "its attempt 1"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_named(done: Job, damage: str) -> None:
    break_it, sentence = DAMAGES[damage]
    break_it(done)
    findings = audit()
    assert any(sentence in finding for finding in findings), findings


def test_a_job_that_sleeps_too_long_is_lost(job: Job) -> None:
    rewrite(job, next_run_at=timezone.now() + timedelta(days=2))
    assert any("sleeps until" in finding for finding in audit())


def test_lost_bytes_are_found(done: Job) -> None:
    raw = done.submissions.get().raw
    assert raw is not None
    (Path(settings.DATA_DIR) / "artifacts" / raw.sha256[:2] / raw.sha256).unlink()
    assert audit() == []
    assert any("FileNotFoundError" in finding for finding in audit(read_bytes=True))


def test_a_ledger_that_does_not_balance_is_named(project: Project, done: Job) -> None:
    budget = Budget.objects.create(
        project=project, unit=Unit.MONEY, period=Period.TOTAL, limit=10, reserved=5, spent=1
    )
    for kind, amount in (("reserve", 5), ("settle", 1)):
        LedgerEntry.objects.create(budget=budget, job_id=done.pk, kind=kind, amount=amount)
    findings = audit()
    assert any("still holds its reservation" in finding for finding in findings)
    assert any(
        "charged 1 micro-usd, its submissions used 300000" in finding for finding in findings
    )
    Budget.objects.update(reserved=4)
    assert any("has 4 reserved" in finding for finding in audit())


def test_the_command_lists_what_is_wrong_and_fails(
    done: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check_invariants, "SETTLE_S", 0.0)
    Event.objects.filter(job=done).delete()
    with pytest.raises(CommandError, match=f"job {done.pk} has no event") as failed:
        call_command("check_invariants")
    assert failed.value.returncode == 1
