"""Prepared queries are Django's own, with their values left open, and are built once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import CharField, F, Q, QuerySet, UUIDField
from django.db.models.functions import Now
from django.db.models.sql.compiler import SQLCompiler
from django.test.utils import CaptureQueriesContext

from qtwin.accounts.models import User
from qtwin.jobs.models import Job, State
from qtwin.jobs.models.job import NEVER
from qtwin.jobs.selectors import due, job_visible_to, jobs_visible_to
from qtwin.jobs.services import claim
from qtwin.jobs.services.lease import CLAIMABLE, CLAIMED
from qtwin.jobs.services.move import AFTER
from qtwin.jobs.turns import turns
from qtwin.prepared import Read, Slot, change, change_row
from qtwin.projects.models import Project

pytestmark = pytest.mark.django_db

ONE_MORE = F("fence") + 1


def plain(sql: str) -> str:
    """Without the parentheses that only expressions get."""
    return sql.replace("(", "").replace(")", "")


def asked(queries: CaptureQueriesContext, first: str) -> str:
    return plain(next(q["sql"] for q in queries.captured_queries if q["sql"].startswith(first)))


def test_a_read_is_what_django_asks_and_gives_what_it_gives(job: Job) -> None:
    def build() -> QuerySet[Job]:
        held = Job.objects.select_related("project", "source_revision__source")
        return held.filter(pk=Slot("pk", UUIDField()), state=Slot("state", CharField()))

    read, rows = Read(build), Job.objects.select_related("project", "source_revision__source")
    for _ in range(2):
        with CaptureQueriesContext(connection) as mine:
            found = read.first(pk=job.pk, state=State.QUEUED)
        with CaptureQueriesContext(connection) as djangos:
            expected = rows.filter(pk=job.pk, state=State.QUEUED).order_by()[0]
        assert found is not None
        ordered = asked(djangos, "SELECT").removesuffix(" LIMIT 1")
        assert asked(mine, "SELECT") == ordered
        assert {f.attname: getattr(found, f.attname) for f in Job._meta.concrete_fields} == {
            f.attname: getattr(expected, f.attname) for f in Job._meta.concrete_fields
        }
        with CaptureQueriesContext(connection) as more:
            assert found.source_revision.source.name == "fci"
        assert not more.captured_queries
    assert read.first(pk=job.pk, state=State.DONE) is None


def test_a_claim_is_the_update_that_django_would_make(job: Job) -> None:
    with CaptureQueriesContext(connection) as mine:
        assert claim(job.pk, owner="a", lease_s=30)
    Job.objects.update(lease_until=NEVER, lease_owner="")
    fields: dict[str, Any] = {**CLAIMED, "lease_until": Now() + timedelta(seconds=30)}
    with CaptureQueriesContext(connection) as djangos:
        assert Job.objects.filter(pk=job.pk).filter(CLAIMABLE).update(**fields, lease_owner="a")
    sql, returning = asked(mine, "UPDATE").split(" RETURNING ")
    assert sql == asked(djangos, "UPDATE")
    assert len(returning.split(", ")) == len(CLAIMED)


@pytest.mark.parametrize("somebody", [True, False])
def test_a_turn_is_what_django_would_ask(job: Job, user: User, somebody: bool) -> None:
    Job.objects.update(created_by=user if somebody else None)
    with CaptureQueriesContext(connection) as mine:
        assert next(turns()) == job.pk
    project = job.project
    with CaptureQueriesContext(connection) as djangos:
        jobs = Job.objects.filter(project=project)
        jobs = jobs.filter(created_by=user if somebody else None)
        assert due(jobs).order_by("rank_at", "pk").values_list("pk", flat=True)[:1][0] == job.pk
    assert plain(mine.captured_queries[-1]["sql"]) == asked(djangos, "SELECT")


def test_a_change_gives_what_the_database_computed(job: Job) -> None:
    where = {"pk": job.pk, "fence": 0, "cancel_requested_at": None}
    changed = change(Job, where=where, fields={"fence": ONE_MORE, "reason": "why"})
    assert changed == {"fence": 1}
    assert change(Job, where=where, fields={"fence": ONE_MORE, "reason": "late"}) is None
    assert change(Job, where={"pk": job.pk}, fields={"reason": "so"}) == {}
    job.refresh_from_db()
    assert (job.fence, job.reason) == (1, "so")


def test_a_changed_row_is_what_the_database_has(job: Job) -> None:
    def after(seconds: float) -> Job:
        fields = {"next_run_at": AFTER, "fence": ONE_MORE, "points": [[seconds]], "reason": "why"}
        wait = timedelta(seconds=seconds)
        assert change_row(job, where={"state": State.QUEUED}, fields=fields, wait=wait)
        kept = Job.objects.get(pk=job.pk)
        for name in fields:
            assert getattr(job, name) == getattr(kept, name), name
        return kept

    first, second = after(10.0), after(3610.0)
    assert timedelta(seconds=3600) <= second.next_run_at - first.next_run_at
    assert not change_row(job, where={"state": State.DONE}, fields={"reason": "not"})
    assert job.reason == "why"


def test_a_guard_holds_in_the_same_update(job: Job) -> None:
    guard = Q(points_done=0)
    assert change(Job, where={"pk": job.pk}, fields={"points_done": 1}, guard=guard) == {}
    assert change(Job, where={"pk": job.pk}, fields={"points_done": 2}, guard=guard) is None


def test_what_was_asked_before_is_not_built_again(
    job: Job, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def take() -> None:
        assert claim(next(turns()), owner="a", lease_s=30)
        Job.objects.update(lease_until=NEVER, lease_owner="")

    take()
    built: list[str] = []
    compiled = SQLCompiler.compile

    def counted(self: SQLCompiler, node: Any) -> Any:
        built.append(type(node).__name__)
        return compiled(self, node)

    monkeypatch.setattr(SQLCompiler, "compile", counted)
    assert claim(next(turns()), owner="a", lease_s=30)
    assert built == []


def test_one_job_is_read_by_a_query_that_is_built_once_and_only_by_who_sees_it(
    job: Job, user: User, viewer: User, stranger: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for one in (user, viewer):
        expected, found = jobs_visible_to(one).get(pk=job.pk), job_visible_to(one, job.pk)
        assert found is not None
        for name in ("pk", "state", "why_stopped", "first_of_same"):
            assert getattr(found, name) == getattr(expected, name)
    monkeypatch.setattr(SQLCompiler, "as_sql", None)
    assert job_visible_to(user, job.pk) == job
    assert job_visible_to(user, job.project_id) is None
    assert job_visible_to(stranger, job.pk) is None
    assert job_visible_to(AnonymousUser(), job.pk) is None
