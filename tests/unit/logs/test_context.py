"""Lines say which request, trace, task and job they belong to, from the header to the worker."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from asgiref.sync import async_to_sync

from qtwin.accounts.models import Scope, User
from qtwin.accounts.services import token_create
from qtwin.config import asgi
from qtwin.jobs.models import Job
from qtwin.logs.line import JsonLine, PlainLine
from qtwin.projects.models import Project
from tests.connection import keep_connection
from workers import tasks

TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = f"00-{TRACE}-b7ad6b7169203331-01"
REQUEST = "from-the-proxy-1"


@pytest.fixture
def lines() -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """Read what an installation logs, a dictionary for each line, since it was last read."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLine())
    logging.getLogger().addHandler(handler)

    def read() -> list[dict[str, Any]]:
        text = stream.getvalue()
        stream.seek(0)
        stream.truncate()
        said = [json.loads(line) for line in text.splitlines()]
        return [line for line in said if "rate limits" not in line["message"]]

    yield read
    logging.getLogger().removeHandler(handler)


@pytest.fixture
def ask(user: User, monkeypatch: pytest.MonkeyPatch) -> Callable[..., httpx.Response]:
    """Ask the whole application, as its server does."""
    keep_connection(monkeypatch)
    _, token = token_create(user=user, name="t", scopes=[Scope.READ, Scope.SUBMIT])

    app: Any = asgi.application

    def make(method: str, path: str, body: Any = None, **head: str) -> httpx.Response:
        async def run() -> httpx.Response:
            transport = httpx.ASGITransport(app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as http:
                sent = {"Authorization": f"Bearer {token}", **head}
                return await http.request(method, path, json=body, headers=sent)

        return async_to_sync(run)()

    return make


Ask = Callable[..., httpx.Response]
Lines = Callable[[], list[dict[str, Any]]]


def test_a_request_has_one_line_with_its_route_and_the_id_that_its_answer_carries(
    ask: Ask, lines: Lines, project: Project
) -> None:
    answer = ask("GET", f"/api/v1/projects/{project.pk}/jobs?q=secret-of-the-query")
    (line,) = lines()
    assert line["request_id"] == answer.headers["x-request-id"]
    assert (line["method"], line["status"]) == ("GET", 200)
    assert line["route"] == "/api/v1/projects/<uuid:project_id>/jobs"
    assert line["seconds"] > 0
    assert len(line["trace_id"]) == 32
    assert "secret-of-the-query" not in json.dumps(line)


@pytest.mark.parametrize("sent", ["", "short", "with blanks and more", "x" * 65, "a\tb-123456"])
def test_an_id_of_ours_replaces_one_that_is_no_id(ask: Ask, sent: str) -> None:
    answer = ask("GET", "/api/v1/me", **{"x-request-id": sent})
    assert len(answer.headers.get_list("x-request-id")) == 1
    assert len(answer.headers["x-request-id"]) == 16


@pytest.mark.parametrize(
    "sent",
    ["", "x", PARENT.upper(), PARENT.replace(TRACE, "0" * 32), PARENT + "-x", f"ff{PARENT[2:]}"],
)
def test_a_trace_of_its_own_replaces_a_malformed_one(ask: Ask, lines: Lines, sent: str) -> None:
    ask("GET", "/api/v1/me", traceparent=sent)
    (line,) = lines()
    assert len(line["trace_id"]) == 32
    assert line["trace_id"] not in sent.lower()


def test_what_a_job_writes_in_its_worker_names_the_job_and_the_trace_of_its_request(
    ask: Ask, lines: Lines, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = {"traceparent": PARENT, "x-request-id": REQUEST}
    body = {"source": "hf", "points": [0.7]}
    answer = ask("POST", f"/api/v1/projects/{project.pk}/jobs", body, **head)
    assert answer.headers["x-request-id"] == REQUEST
    (job,) = Job.objects.all()
    assert job.trace == PARENT
    assert {(line["request_id"], line["trace_id"]) for line in lines()} == {(REQUEST, TRACE)}

    def said(job: Job) -> None:
        logging.getLogger("workers.step").warning("at work")

    monkeypatch.setattr("workers.step._advance", said)
    tasks.advance.run(str(job.pk))
    (line,) = lines()
    assert line["message"] == "at work"
    assert (line["task"], line["job_id"], line["trace_id"]) == ("advance", str(job.pk), TRACE)
    assert "request_id" not in line


def test_a_failure_of_ours_is_found_by_its_request(
    ask: Ask, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr("qtwin.accounts.api.me.MeView.get", broken)
    answer = ask("GET", "/api/v1/me", **{"x-request-id": REQUEST})
    assert (answer.status_code, answer.headers["x-request-id"]) == (500, REQUEST)
    found = lines()
    assert "RuntimeError" in {line.get("error") for line in found}
    assert {line["request_id"] for line in found} == {REQUEST}


def test_the_form_for_people_says_it_too() -> None:
    from qtwin.logs.context import about

    record = logging.LogRecord("a", logging.INFO, "", 1, "it went", (), None)
    with about(request_id=REQUEST, job_id=""):
        assert PlainLine("%(message)s").format(record) == f"it went [request_id={REQUEST}]"
    assert PlainLine("%(message)s").format(record) == "it went"
