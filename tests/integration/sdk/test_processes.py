"""Over a real connection: a second process takes a job up, and a lost answer buys nothing twice."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing

import pytest
from pytest_django.live_server_helper import LiveServer

from qtwin.client import Client
from qtwin.jobs.models import Job
from qtwin.projects.models import Project
from tests.integration.sdk.dropping import Dropping

LENGTHS = [0.1 * step + 1 / 3 for step in range(9)]
SECOND = """
import json, os, sys
from qtwin.client import Client
job = Client().job(sys.argv[1])
result = job.result(timeout=30)
numbers = {"values": result.values, "std": result.std, "points": result.points}
print(json.dumps({name: one.tobytes().hex() for name, one in numbers.items()}))
"""


@pytest.mark.django_db(transaction=True)
def test_a_second_process_gets_the_same_bits_of_one_job(
    live_server: LiveServer, project: Project, token: str, work: Callable[[], None]
) -> None:
    with closing(Dropping(live_server.url, drops=2)) as between:
        client = Client(between.url, token)
        h2 = client.project("H2")
        job = h2.submit(source="hf", points=LENGTHS, seed=7)
        assert between.passed[1:] == ["202 kept back", "200 kept back", "200"]
        assert str(Job.objects.get().pk) == job.id
        work()
        result = job.result()
        again = h2.submit(source="vqe-ideal", points=LENGTHS, shots=50, seed=7)
        assert again.id != job.id
        client.close()
    environment = {**os.environ, "QTWIN_URL": live_server.url, "QTWIN_TOKEN": token}
    done = subprocess.run(
        [sys.executable, "-c", SECOND, job.id],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    seen = json.loads(done.stdout)
    assert seen["values"] == result.values.tobytes().hex()
    assert seen["std"] == result.std.tobytes().hex()
    assert seen["points"] == result.points.tobytes().hex()
    assert result.points[:, 0].tolist() == LENGTHS
    assert len(set(result.values[:, 0].tolist())) > 3
