"""`/metrics` tells what the database knows and what the process counted, to whoever may ask."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from asgiref.sync import async_to_sync
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families
from rest_framework.test import APIClient

from infra.docs.files import ROOT
from qtwin.accounts.models import User
from qtwin.config import asgi
from qtwin.jobs.models import Job, Measurement
from qtwin.jobs.services import JobSpec, job_hold, job_submit
from qtwin.metrics import gate, metric, page, web, work
from qtwin.metrics.platform import Platform, groups
from qtwin.projects.models import Budget, Project
from qtwin.twins.models import TwinFit
from qtwin.webhooks.models import Webhook
from tests.connection import keep_connection
from workers.step import step

TOKEN = "of-the-metrics-0123456789"
Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


@pytest.fixture(autouse=True)
def _asked(settings: Any) -> None:
    settings.METRICS_TOKEN = TOKEN


def ask(token: str = TOKEN, path: str = "/metrics") -> httpx.Response:
    app: Any = asgi.application

    async def run() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.get(path, headers={"Authorization": f"Bearer {token}"})

    gate._platform.cache_clear()
    return async_to_sync(run)()


def samples_of(text: str) -> Samples:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def told() -> Samples:
    """What is read now, in the test's own transaction."""
    return samples_of(page.page(Platform()).decode())


def value(samples: Samples, name: str, **labels: str) -> float:
    return samples[name, tuple(sorted(labels.items()))]


@pytest.mark.django_db(transaction=True)
def test_only_whoever_has_the_token_is_told_and_without_one_there_is_no_page(
    settings: Any,
) -> None:
    assert ask("wrong").status_code == 401
    assert ask("").status_code == 401
    answer = ask()
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert value(samples_of(answer.text), "qtwin_part_up", part="database") == 1.0
    settings.METRICS_TOKEN = ""
    assert ask().status_code == 404


@pytest.mark.django_db(transaction=True)
def test_while_the_database_is_away_it_says_so_and_tells_the_rest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    away = {"NAME": "/nowhere/at/all", "HOST": "/nowhere/at/all"}
    monkeypatch.setitem(
        connections.settings, "default", {**connections.settings["default"], **away}
    )
    answer = ask()
    assert answer.status_code == 200
    samples = samples_of(answer.text)
    assert value(samples, "qtwin_part_up", part="database") == 0.0
    assert value(samples, "qtwin_part_up", part="artifacts") == 1.0
    assert not [name for name, _ in samples if name == "qtwin_jobs"]


def test_jobs_queues_money_and_webhooks_are_what_the_database_says(
    project: Project, user: User
) -> None:
    spec = JobSpec(source=project.sources.get(name="fci"), points=[[0.7], [0.9]], force=True)
    jobs = [job_submit(project=project, spec=spec, by=user) for _ in range(2)]
    ago = timezone.now() - timedelta(seconds=90)
    Job.objects.filter(pk=jobs[0].pk).update(created_at=ago)
    job_hold(job=jobs[1], why="to look at", by=user)
    Budget.objects.create(
        project=project, unit="usd", period="total", limit=4_000_000, spent=3_000_000
    )
    Budget.objects.create(
        project=project, unit="usd", period="day", day="2020-01-01", limit=1, spent=9
    )
    Webhook.objects.create(
        team=project.team,
        url="https://example.org",
        since=timezone.now(),
        failures=3,
        failing_since=ago,
        wrapped_key=b"",
        ciphertext=b"",
    )
    samples = told()
    assert value(samples, "qtwin_jobs", state="queued") == 1
    assert value(samples, "qtwin_jobs", state="hold") == 1
    assert value(samples, "qtwin_jobs_held", reason="held") == 1
    assert value(samples, "qtwin_queue_length", kind="job") == 1
    assert 90 <= value(samples, "qtwin_queue_age_seconds", kind="job") < 120
    assert value(samples, "qtwin_queue_age_seconds", kind="train") == 0
    assert value(samples, "qtwin_budget_used_ratio", scope="project", unit="usd") == 0.75
    assert value(samples, "qtwin_budget_spent", scope="project", unit="usd") == 3.0
    assert value(samples, "qtwin_budgets_overdrawn", scope="project", unit="usd") == 0
    assert value(samples, "qtwin_webhooks", state="failing") == 1


def test_a_twin_that_waits_is_as_old_as_the_first_evidence_it_lacks_and_then_tells_its_coverage(
    measure: Callable[..., Measurement], assimilated: Callable[[], TwinFit], project: Project
) -> None:
    for x in (0.5, 0.7, 0.9, 1.3):
        measure("fci", x, -1.1 + (x - 0.7) ** 2)
    ago = timezone.now() - timedelta(minutes=5)
    Measurement.objects.update(created_at=ago)
    Project.objects.update(created_at=ago - timedelta(days=9))
    assert 300 <= value(told(), "qtwin_queue_age_seconds", kind="twin") < 330
    fit = assimilated()
    samples = told()
    assert value(samples, "qtwin_queue_length", kind="twin") == 0
    assert value(samples, "qtwin_twin_claims", claim=fit.claim) == 1
    bands = {dict(labels)["band"]: n for (name, labels), n in samples.items() if "coverage" in name}
    assert sum(bands.values()) == 1
    covered = fit.scores["coverage_95"]
    band = "below_0.80" if covered < 0.8 else "0.90_and_more" if covered >= 0.9 else "0.80_to_0.90"
    assert bands[band] == 1


def test_looking_costs_the_same_however_many_jobs_there_are(project: Project, user: User) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            told()
        return len(seen)

    spec = JobSpec(source=project.sources.get(name="fci"), points=[[0.7]], force=True)
    job_submit(project=project, spec=spec, by=user)
    few = queries()
    for _ in range(20):
        job_submit(project=project, spec=spec, by=user)
    assert queries() == few < 50


def test_requests_runs_and_jobs_are_timed_by_route_and_backend(
    project: Project,
    api: APIClient,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    keep_connection(monkeypatch)
    before = told()
    assert ask("none", "/api/v1/me").status_code == 401
    assert ask("none", "/nothing/of/ours").status_code == 404
    with django_capture_on_commit_callbacks(execute=True):
        body = {"source": "hf", "points": [0.7]}
        answer = api.post(f"/api/v1/projects/{project.pk}/jobs", body, format="json")
        assert answer.status_code == 202
        assert step(answer.json()["id"], owner="test")
    after = told()

    def grown(name: str, **labels: str) -> float:
        key = name, tuple(sorted(labels.items()))
        return after[key] - before.get(key, 0.0)

    ended = {"backend": "pyscf", "state": "succeeded"}
    assert grown("qtwin_job_seconds_count", **ended) == 1
    assert 0 < grown("qtwin_job_seconds_sum", **ended) < 60
    assert grown("qtwin_run_seconds_count", backend="pyscf", outcome="finished") == 1
    counted = [labels for name, labels in after if name == "qtwin_http_requests_total"]
    routes = {dict(labels)["route"] for labels in counted}
    assert "/api/v1/me" in routes
    assert not [route for route in routes if "nothing" in route]


def test_a_label_has_so_many_values_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metric, "MOST_VALUES", 2)
    counted = metric.Counter(name="qtwin_test_total", about="x", labels=("who",))
    for who in ("a", "b", "c", "d", "a"):
        counted.count(who=who)
    samples = samples_of(page.page().decode())
    assert value(samples, "qtwin_test_total", who="a") == 2
    assert value(samples, "qtwin_test_total", who=metric.OTHER) == 2
    with pytest.raises(ValueError, match="has the labels"):
        counted.count(whom="a")


def test_nothing_is_counted_where_nobody_asks(settings: Any) -> None:
    settings.METRICS_TOKEN = ""
    counted = metric.Counter(name="qtwin_never_total", about="x")
    counted.count()
    assert "_made" not in vars(counted)


ROW = re.compile(r"^\| `(qtwin_\w+)` \| (\w+) \| ([^|]*) \| ([^|]+) \|$", re.MULTILINE)


def test_the_documentation_lists_every_metric_with_its_type_and_labels(db: None) -> None:
    own = [one for module in (web, work) for one in vars(module).values()
           if isinstance(one, metric.Metric)]  # fmt: skip
    for one in own:
        assert one._made
    known = [family for group in groups() for family in group.families]
    wanted = {one.name: (one.kind, set(one.labels)) for one in own}
    wanted |= {one.name: (one.kind, set(one.labels)) for one in known}
    text = (ROOT / "docs" / "observability.md").read_text(encoding="utf-8")
    written = {
        name: (kind, set(re.findall(r"`(\w+)`", labels)))
        for name, kind, labels, _ in ROW.findall(text)
    }
    assert written == wanted
    served = {
        (f.name + "_total" if f.type == "counter" else f.name): f.type
        for f in text_string_to_metric_families(page.page(Platform()).decode())
        if not f.name.startswith(("qtwin_test", "qtwin_never"))
    }
    assert served == {name: kind for name, (kind, _) in wanted.items()}
