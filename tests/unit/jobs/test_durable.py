"""That work has begun may be forgotten with the machine's power; what came of it may not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction

from backends import registry
from qtwin.accounts.models import User
from qtwin.durable import begun, leased
from qtwin.jobs.models import Job, State
from qtwin.jobs.services import JobSpec, job_submit
from qtwin.projects.models import Project
from qtwin.projects.services import source_create
from tests import memory_vendor
from tests.unit.jobs.stepping import take_steps
from workers.step import step

WAITS = {"sqlite": "2", "postgresql": "on"}[connection.vendor]
RELAXED = {"sqlite": "1", "postgresql": "off"}[connection.vendor]


def waits() -> str:
    """What a commit would wait for, as the database says it."""
    ask = "PRAGMA synchronous" if connection.vendor == "sqlite" else "SHOW synchronous_commit"
    with connection.cursor() as cursor:
        cursor.execute(ask)
        return str(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_only_a_beginning_is_left_to_the_disk() -> None:
    assert waits() == WAITS
    with begun():
        assert waits() == RELAXED
    assert waits() == WAITS
    with pytest.raises(ZeroDivisionError), begun():
        1 / 0  # noqa: B018
    assert waits() == WAITS


@pytest.mark.django_db(transaction=True)
def test_a_lease_waits_where_others_outlive_the_database() -> None:
    with leased():
        assert waits() == (RELAXED if connection.vendor == "sqlite" else WAITS)
    assert waits() == WAITS


@pytest.mark.django_db(transaction=True)
def test_a_transaction_around_it_decides() -> None:
    with transaction.atomic():
        with leased(), begun():
            assert waits() == WAITS
        assert waits() == WAITS


@pytest.mark.django_db(transaction=True)
def test_nothing_is_bought_before_the_disk_has_it(
    project: Project, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(registry.BUILTIN, "memory", "tests.memory_vendor:MemoryBackend")
    vendor = memory_vendor.reset()
    seen: list[tuple[str, bool]] = []
    sell = vendor.post

    def watched(*args: Any, **kwargs: Any) -> Any:
        seen.append((waits(), connection.in_atomic_block))
        return sell(*args, **kwargs)

    monkeypatch.setattr(vendor, "post", watched)
    source = source_create(
        project=project, name="qpu", role="device", backend="memory", method="vqe", by=user
    )
    spec = JobSpec(source=source, points=[[0.7]], shots=100, seed=5)
    job = job_submit(project=project, spec=spec, by=user)
    with _watched() as moved:
        take_steps(job, 2)
        vendor.end()
        assert take_steps(job, 2).state == State.DONE
    assert seen == [(WAITS, False)]
    assert set(moved.values()) <= {WAITS} | {moved["claim"]}
    assert moved[State.SUBMITTING] == moved[State.DONE] == WAITS


@contextmanager
def _watched() -> Iterator[dict[str, str]]:
    """What each UPDATE of a job would wait for, by the state that it is given."""
    seen: dict[str, str] = {}
    within = False

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal within
        if not within and sql.startswith('UPDATE "jobs_job"'):
            within = True
            states = [one for one in params or () if one in {*State.values}]
            claims = '"served_at" =' in sql
            seen.setdefault("claim" if claims else next(iter(states), ""), waits())
            within = False
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield seen


@pytest.mark.django_db(transaction=True)
def test_a_result_waits_for_the_disk(project: Project, user: User) -> None:
    source = project.sources.order_by("name")[0]
    spec = JobSpec(source=source, points=[[0.7]])
    job = job_submit(project=project, spec=spec, by=user)
    with _watched() as seen:
        assert step(str(job.pk), owner="test")
    assert Job.objects.get(pk=job.pk).state == State.DONE
    claim = RELAXED if connection.vendor == "sqlite" else WAITS
    assert seen == {"claim": claim, State.RUNNING: RELAXED, State.DONE: WAITS}
