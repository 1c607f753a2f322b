"""What every list and page of a project asks of the database, and what the sweeper asks."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

LISTS = (
    *("", "state=succeeded", "state=failed", "state=running", "state=queued", "state=held"),
    *("source=hf", "source=hf&state=failed", "backend=pyscf", "by=me", "q=optimiser", "q=H2"),
    *("project={project}", "project={project}&source=fci", "since=2026-11-01", "sort=created"),
    *("sort=-cost", "sort=-points", "project={project}&sort=-points", "team={team}"),
)
PAGES = (
    *(f"/jobs?{words}" for words in LISTS),
    *("/jobs/{job}", "/projects", "/projects/{project}", "/teams/{team}", "/teams/{team}/audit"),
    *("/projects/{project}/budgets", "/projects/{project}/next", "/campaigns", "/worlds"),
    *("/backends", "/backends/pyscf", "/search?q=H2", "/inbox", "/account", "/imports"),
    "/measurements/{measurement}",
)
ANSWERS = (
    *(
        "jobs",
        "jobs?state=failed",
        "jobs?source=hf",
        "jobs?since=2026-11-01T00:00:00Z",
        "jobs/{job}",
    ),
    *("projects", "projects/{project}", "projects/{project}/jobs", "projects/{project}/events"),
    *("projects/{project}/measurements", "projects/{project}/twin", "projects/{project}/datasets"),
    *("projects/{project}/ledger", "projects/{project}/budgets", "projects/{project}/campaigns"),
    *("jobs/{job}/events", "jobs/{job}/measurements", "jobs/{job}/provenance", "events"),
    *("jobs/{job}/waiting-reason", "teams/{team}/audit", "search?q=H2", "rest"),
)


class Asked(NamedTuple):
    """What was asked, the seconds of all of it and of its longest query, and that query."""

    what: str
    status: int
    seconds: float
    query_s: float
    sql: str


def asked() -> list[Asked]:
    """Everything, the longest query first."""
    from qtwin.accounts.models import User
    from qtwin.accounts.services import token_create
    from qtwin.jobs.models import Job, Measurement

    settings.ALLOWED_HOSTS = ["testserver"]
    user = User.objects.get()
    job = Job.objects.filter(state="DONE").order_by("-pk")[0]
    measurement = Measurement.objects.filter(project=job.project).order_by("-created_at", "-pk")[0]
    ids = {
        "job": job.pk,
        "project": job.project_id,
        "team": job.project.team_id,
        "measurement": measurement.pk,
    }
    browser, api = Client(), APIClient()
    browser.force_login(user)
    _, token = token_create(user=user, name="pages", scopes=["read"])
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    told = [_read(browser, page.format(**ids)) for page in PAGES]
    told += [_read(api, f"/api/v1/{answer.format(**ids)}") for answer in ANSWERS]
    told += [_asked(name, work) for name, work in _machine()]
    return sorted(told, key=lambda one: -one.query_s)


def _machine() -> Iterator[tuple[str, Callable[[], Any]]]:
    """What nobody sees: the sweeper's questions, and those of metrics."""
    from qtwin.jobs.selectors import jobs_due
    from qtwin.jobs.turns import turns
    from qtwin.metrics.known import queues
    from qtwin.twins.selectors import twins_due

    yield "jobs_due", lambda: jobs_due(200)
    yield "twins_due", lambda: twins_due(200)
    yield "turns", lambda: next(turns(), None)
    for queue in queues.QUEUES:
        yield f"queue of {queue.kind}", queue.read
    yield "metrics", lambda: list(queues.read())


def _read(client: Any, address: str) -> Asked:
    return _asked(address, lambda: client.get(address).status_code)


def _asked(what: str, work: Callable[[], Any]) -> Asked:
    """The second time, when the cache is as warm as it gets."""
    work()
    began = time.perf_counter()
    with CaptureQueriesContext(connection) as seen:
        found = work()
    seconds = time.perf_counter() - began
    longest = max(seen.captured_queries, key=lambda one: float(one["time"]), default=None)
    status = found if isinstance(found, int) else 0
    query_s, sql = (float(longest["time"]), str(longest["sql"])) if longest else (0.0, "")
    return Asked(what, status, seconds, query_s, sql)
