"""A trace goes from the request through the worker to the twin, over processes and days."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from asgiref.sync import async_to_sync
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from qtwin.accounts.models import Scope, User
from qtwin.accounts.services import token_create
from qtwin.config import asgi
from qtwin.jobs.models import Job
from qtwin.projects.models import Project
from qtwin.tracing.otel import OtelTracer
from qtwin.tracing.span import span, use
from qtwin.twins.models import Twin
from tests.connection import keep_connection
from workers import tasks

TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = f"00-{TRACE}-b7ad6b7169203331-01"


@pytest.fixture
def exported() -> Iterator[Callable[[], list[ReadableSpan]]]:
    """Spans that have ended since this was last asked."""
    memory, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(memory))
    use(OtelTracer(provider))

    def take() -> list[ReadableSpan]:
        spans = list(memory.get_finished_spans())
        memory.clear()
        return spans

    yield take
    use(None)


@pytest.fixture
def post(user: User, monkeypatch: pytest.MonkeyPatch) -> Callable[..., httpx.Response]:
    keep_connection(monkeypatch)
    _, token = token_create(user=user, name="t", scopes=[Scope.READ, Scope.SUBMIT])
    app: Any = asgi.application

    def make(path: str, body: Any) -> httpx.Response:
        async def run() -> httpx.Response:
            transport = httpx.ASGITransport(app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as http:
                head = {"Authorization": f"Bearer {token}", "traceparent": PARENT}
                return await http.post(path, json=body, headers=head)

        return async_to_sync(run)()

    return make


def trace_of(span: ReadableSpan) -> str:
    assert span.context is not None
    return f"{span.context.trace_id:032x}"


def above(span: ReadableSpan, spans: list[ReadableSpan]) -> str:
    """Name of the span that it is part of."""
    if span.parent is None:
        return ""
    ids = {one.context.span_id: one.name for one in spans if one.context}
    return ids.get(span.parent.span_id, "elsewhere")


@pytest.mark.django_db(transaction=True)
def test_a_job_is_one_trace_from_its_request_to_its_measurements_and_its_twin_links_to_it(
    exported: Callable[[], list[ReadableSpan]],
    post: Callable[..., httpx.Response],
    project: Project,
) -> None:
    made = post(f"/api/v1/projects/{project.pk}/jobs", {"source": "fci", "points": [0.7, 0.9]})
    assert made.status_code == 202
    asked = exported()
    request = "POST /api/v1/projects/<uuid:project_id>/jobs"
    tree = {one.name: above(one, asked) for one in asked}
    assert tree["job.submit"] == tree["hint"] == request
    assert tree[request] == "elsewhere"
    (job,) = Job.objects.all()
    (submitted,) = [one for one in asked if one.name == "job.submit"]
    assert job.trace == f"00-{TRACE}-{submitted.context.span_id:016x}-01"

    tasks.advance.run(str(job.pk))  # in another process, some day
    worked = exported()
    both = [*asked, *worked]
    parts = {one.name: above(one, both) for one in worked}
    assert parts["job.step"] == "job.submit"
    assert {parts[name] for name in ("sandbox", "store", "measurements")} == {"job.step"}
    assert {trace_of(one) for one in both} == {TRACE}
    (step,) = [one for one in worked if one.name == "job.step"]
    assert step.attributes is not None
    assert step.attributes["qtwin.job"] == str(job.pk)

    Twin.objects.update(next_fit_at="1970-01-01T00:00:00Z")
    tasks.assimilate.run(str(project.pk))
    fitted = exported()
    (look,) = [one for one in fitted if one.name == "twin.assimilate"]
    assert trace_of(look) != TRACE
    assert [f"{link.context.trace_id:032x}" for link in look.links] == [TRACE]
    assert {above(one, fitted) for one in fitted if one.name == "twin.fit"} == {"twin.assimilate"}


def test_a_span_tells_the_kind_of_an_error_and_not_its_words(
    exported: Callable[[], list[ReadableSpan]],
) -> None:
    with pytest.raises(ValueError, match="secret"), span("x", parent="", job="1"):
        raise ValueError("the secret words")
    (one,) = exported()
    assert (one.status.description, one.status.is_ok) == ("ValueError", False)
    assert "secret" not in one.to_json()


CODE = """
import sys
import django
django.setup()
from qtwin.tracing import span
import qtwin.config.asgi, workers.app, workers.step, workers.sweeper
with span("x", parent=""):
    pass
print(*[name for name in sys.modules if name.startswith(("opentelemetry", "prometheus_client"))])
"""


def test_nothing_of_it_is_loaded_while_it_is_off() -> None:
    done = subprocess.run(
        [sys.executable, "-c", CODE],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "qtwin.config.settings"},
    )
    assert done.stdout.strip() == ""
