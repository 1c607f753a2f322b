"""``python -m tests.benchmarks.million`` prints what lists and counters take on PostgreSQL."""

from __future__ import annotations

import json
import time
from base64 import b64encode
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from random import Random
from typing import Any
from urllib.parse import urlencode

from tests.benchmarks.many_jobs import fill
from tests.benchmarks.million.multiplied import multiply
from tests.faults.embedded import embedded

FEW, TIMES = 10_000, 100
CALLS, ROUNDS = 60, 40


def main() -> None:
    with embedded("postgres", backends={}):
        fill(FEW)
        before = counters()
        multiply(TIMES)
        after = counters()
        print(json.dumps({**lists(), "counters": after / before}))  # noqa: T201 - the output


def counters() -> float:
    """Median seconds of the figures on the page of projects."""
    from qtwin.projects.models import Project
    from qtwin.web.summaries import project_summaries

    projects = Project.objects.order_by("pk")
    return _ranked([_seconds(lambda: project_summaries(projects)) for _ in range(ROUNDS)], 0.5)


def lists() -> dict[str, Any]:
    """Pages of the newest first, at depths drawn at random, beside one job at the same depth."""
    from django.conf import settings
    from django.db import connection
    from django.db.models import Max, Min
    from django.test.utils import CaptureQueriesContext
    from rest_framework.test import APIClient

    from qtwin.accounts.models import User
    from qtwin.accounts.services import token_create
    from qtwin.jobs.models import Job

    settings.ALLOWED_HOSTS = ["testserver"]
    client, user = APIClient(), User.objects.get()
    _, token = token_create(user=user, name="bench", scopes=["read"])
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    draw, ends = Random(1), Job.objects.aggregate(first=Min("created_at"), last=Max("created_at"))
    newest = Job.objects.order_by("-created_at", "-id").values_list("created_at", "pk")
    pages: list[float] = []
    rows: list[float] = []
    queries = []
    for number in range(CALLS):
        depth = draw.random() * (ends["last"] - ends["first"]) if number else timedelta()
        made, pk = newest.filter(created_at__lte=ends["last"] - depth)[0]
        cursor = b64encode(urlencode({"p": str(made)}).encode()).decode()
        page, row = f"/api/v1/jobs?{urlencode({'cursor': cursor})}", f"/api/v1/jobs/{pk}"
        for address, taken in ((page, pages), (row, rows)):
            taken.append(_seconds(partial(_read, client, address)))
        with CaptureQueriesContext(connection) as asked:
            _read(client, page)
        queries.append(len(asked))
    slow, single = _ranked(pages, 0.95), _ranked(rows, 0.95)
    return {
        "jobs": Job.objects.count(),
        "list": slow / single,
        "list_s": slow,
        "queries": max(queries),
    }


def _read(client: Any, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200, answer.content


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _ranked(seconds: list[float], share: float) -> float:
    return sorted(seconds)[int(share * len(seconds))]


if __name__ == "__main__":
    main()
