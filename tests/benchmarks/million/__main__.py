"""``python -m tests.benchmarks.million`` prints what lists and counters take on PostgreSQL.

With a number it is about a million jobs divided by it.
"""

from __future__ import annotations

import json
import sys
import time
from base64 import b64encode
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from random import Random
from typing import Any
from urllib.parse import urlencode

from tests.benchmarks.many_jobs import fill
from tests.faults.embedded import embedded

FEW, TIMES = 10_000, 102
PROJECTS = 101
"""One of them stays as it is while the others grow."""
MEASURED = 11
"""Measurements of each job that is done."""
CALLS, ROUNDS = 60, 40
SLOW_S = 0.2


def main() -> None:
    smaller = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    with embedded("postgres", backends={}):
        from qtwin.jobs.models import Job, Measurement
        from qtwin.projects.models import Project
        from tests.benchmarks.million.multiplied import (
            happen,
            measure,
            multiply_jobs,
            write_less_ahead,
        )
        from tests.benchmarks.million.pages import asked
        from tests.benchmarks.million.reading import blocks_of_a_fit

        write_less_ahead()
        fill(FEW // smaller, PROJECTS)
        measure(MEASURED)
        own = Project.objects.order_by("-pk")[0]
        counted, read = counters(), blocks_of_a_fit(own)
        multiply_jobs(TIMES, but=own.pk)
        happen()
        measure(MEASURED)
        found = {
            "jobs": Job.objects.count(),
            "measurements": Measurement.objects.count(),
            **lists(),
            "counters": counters() / counted,
            "counters_anew": counters(anew=True) / counted,
            "fit": blocks_of_a_fit(own) / read,
            "due_ms": 1e3 * _ranked([_seconds(_due) for _ in range(ROUNDS)], 0.5),
            "slow": {one.what: round(one.query_s, 3) for one in asked() if one.query_s >= SLOW_S},
        }
        print(json.dumps(found))  # noqa: T201 - the output


def _due() -> None:
    from qtwin.jobs.selectors import jobs_due

    assert jobs_due(100), "nothing is due"


def counters(*, anew: bool = False) -> float:
    """Median seconds of the figures on the page of projects.

    Args:
        anew: Without what the process has counted a few seconds ago.
    """
    from django.core.cache import cache

    from qtwin.projects.models import Project
    from qtwin.web.summaries import project_summaries

    projects, taken = Project.objects.order_by("pk"), []
    for _ in range(ROUNDS):
        if anew:
            cache.clear()
        taken.append(_seconds(lambda: project_summaries(projects)))
    return _ranked(taken, 0.5)


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
    from qtwin.settled import settle

    settings.ALLOWED_HOSTS = ["testserver"]
    client, user = APIClient(), User.objects.get()
    _, token = token_create(user=user, name="bench", scopes=["read"])
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    _read(client, "/api/v1/jobs")
    settle()  # as the web process that has started
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
    return {"list": slow / single, "list_s": slow, "queries": max(queries)}


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
