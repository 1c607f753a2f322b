"""A hundred posts to the REST interface while there is no broker, then everything comes back."""

from __future__ import annotations

import sys
import time
from typing import Any

import httpx

from qtwin.serve import port
from qtwin.serve.processes import Service
from tests.faults.chaos.ground import ground
from tests.faults.chaos.scenario import SCENARIOS

POSTS = 100
P95_S = 0.3
START_S = 60.0


def run(seed: int) -> dict[str, Any]:
    """How many posts were accepted, how quickly, and how many of their jobs got done."""
    with ground(SCENARIOS["calm"], seed) as (parts, _):
        from qtwin.accounts.models import Scope
        from qtwin.accounts.services import token_create
        from qtwin.jobs.models import Job, State
        from tests.faults.chaos import project

        made, user = project.make("mock-qpu")
        _, token = token_create(
            user=user, name="test", scopes=[Scope.READ, Scope.SUBMIT, Scope.SPEND]
        )
        chosen = port.free()
        web = f"-m uvicorn qtwin.config.asgi:application --host {port.HOST} --port {chosen}"
        parts.supervisor.start(Service("web", (sys.executable, *web.split(), "--no-access-log")))
        address = f"http://{port.HOST}:{chosen}/api/v1"
        _wait_for_web(address)
        parts.kill("broker")
        statuses, seconds = _post(f"{address}/projects/{made.pk}/jobs", token)
        parts.node("node-a")
        parts.sweeper()
        done = Job.objects.filter(state=State.DONE)
        deadline = time.monotonic() + START_S
        while done.count() < POSTS and time.monotonic() < deadline:
            parts.supervisor.tick()
            time.sleep(0.2)
        found = {
            "accepted": sum(status in {201, 202} for status in statuses),
            "p95_ms": round(1000 * sorted(seconds)[int(0.95 * POSTS)]),
            "done": done.count(),
        }
    wrong = [name for name in ("accepted", "done") if found[name] != POSTS]
    wrong += ["p95_ms"] if found["p95_ms"] >= 1000 * P95_S else []
    return {"seed": seed, **found, "problems": [f"{name} {found[name]}" for name in wrong]}


def _post(address: str, token: str) -> tuple[list[int], list[float]]:
    statuses, seconds = [], []
    with httpx.Client(headers={"Authorization": f"Bearer {token}"}, trust_env=False) as client:
        for number in range(POSTS):
            began = time.perf_counter()
            body = {"source": "exact", "points": [0.4 + number / POSTS], "shots": 1000}
            statuses.append(client.post(address, json=body, timeout=30).status_code)
            seconds.append(time.perf_counter() - began)
    return statuses, seconds


def _wait_for_web(address: str) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        try:
            httpx.get(f"{address}/health/ready", timeout=2, trust_env=False).raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.1)
        else:
            return
