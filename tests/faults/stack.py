"""A whole running QTwin of real processes, for tests that kill parts of it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from qtwin.serve import broker, folder, port, stack
from qtwin.serve.processes import Supervisor

ENDED = {"succeeded", "failed", "cancelled", "held"}
PATIENCE_S, LONGEST_S = 120.0, 1800.0
"""Without a sign of progress, and with it."""


class Running:
    """Processes under a supervisor, and a client of their REST interface."""

    def __init__(self, supervisor: Supervisor, demo: dict[str, Any], address: str) -> None:
        self.supervisor = supervisor
        (project,) = demo["demos"]
        self.project = f"/api/v1/projects/{project['project']}"
        self.sign_in_path = str(demo["sign_in_path"])
        self.address = address
        self.http = httpx.Client(
            base_url=address,
            headers={"Authorization": f"Bearer {demo['token']}"},
            timeout=60,
            trust_env=False,
        )

    def submit(self, **body: Any) -> str:
        """Post a job; returns its id."""
        response = self.http.post(f"{self.project}/jobs", json=body)
        assert response.status_code == 202, response.text
        return str(response.json()["id"])

    def job(self, job_id: str) -> dict[str, Any]:
        document: dict[str, Any] = self.http.get(f"/api/v1/jobs/{job_id}").json()
        return document

    def rows(self, path: str) -> list[dict[str, Any]]:
        """Every row of a list."""
        page = self.http.get(path, params={"limit": 200}).json()
        rows: list[dict[str, Any]] = page["results"]
        while page["next"]:
            page = self.http.get(page["next"]).json()
            rows += page["results"]
        return rows

    def kill(self, name: str) -> None:
        """Kill one service and all that it forked, without a word."""
        service = next(item for item in self.supervisor.services if item.name == name)
        assert service.process is not None
        os.killpg(service.process.pid, signal.SIGKILL)
        service.process.wait()

    def answers(self) -> bool:
        """Whether the web and its database are there."""
        try:
            return self.http.get("/api/v1/health/ready").status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False

    def wait(self, done: Callable[[], bool], moves: Callable[[], object] = lambda: None) -> None:
        """Wait for something, keeping the services alive meanwhile.

        Args:
            moves: What changes while it comes nearer, however slowly: patience begins anew then.
        """
        begun = since = time.monotonic()
        seen = moves()
        while not done():
            now, at = time.monotonic(), moves()
            since, seen = (now, at) if at != seen else (since, seen)
            assert now - since < PATIENCE_S, f"it took too long; last seen: {seen}"
            assert now - begun < LONGEST_S, f"it never ends; last seen: {seen}"
            self.supervisor.tick()
            time.sleep(0.1)

    def ended(self, job_ids: list[str]) -> bool:
        return all(self.job(job_id)["state"] in ENDED for job_id in job_ids)

    def twin(self) -> dict[str, Any]:
        document: dict[str, Any] = self.http.get(f"{self.project}/twin").json()
        return document


@contextmanager
def running(
    data: Path,
    *,
    workers: int,
    queues: str = "jobs,twin,io",
    trainers: int = 0,
    limited: bool = False,
) -> Iterator[Running]:
    """Start everything on embedded parts; stop it again at the end.

    Args:
        trainers: Processes that train.
        limited: Whether callers have the rate limits of an installation.
    """
    folder.prepare(data)
    queue = broker.find(data)
    env = folder.environment(data, queue.url)
    names = ("JOB", "TWIN", "CAMPAIGN", "IMPORT", "CREDENTIAL", "PREVIEW")
    for port_of in (*names, "WORLD", "TRAINING", "EVALUATION", "REPORT", "CLASSIFIER", "LOOP"):
        env.pop(f"QTWIN_{port_of}_DISPATCHER", None)  # a test's own, which send nothing
    env["QTWIN_JOB_LEASE_S"] = "3"
    if not limited:
        env |= {f"QTWIN_RATE_{name}": "0" for name in ("ALL", "SUBMIT", "LIST")}
    supervisor = Supervisor(env=env, folder=data, say=lambda text: None)
    try:
        stack.start_broker(supervisor, queue)
        demo = stack.prepare_database(env, ["h2"])
        chosen = port.free()
        stack.start_platform(
            supervisor, port=chosen, workers=workers, queues=queues, trainers=trainers
        )
        qtwin = Running(supervisor, demo, f"http://{port.HOST}:{chosen}")
        try:
            yield qtwin
        finally:
            qtwin.http.close()
    finally:
        supervisor.stop()
