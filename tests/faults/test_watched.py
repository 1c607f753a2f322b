"""Real processes: a worker and the sweeper tell metrics, and beat until the broker is gone."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from infra.dev.options import ROOT
from qtwin.serve import broker, folder, stack

pytestmark = pytest.mark.slow
TOKEN = "of-the-metrics-0123456789"
PATIENCE_S = 90.0
SUBMIT = """
import django
django.setup()
from qtwin.jobs.services import JobSpec, job_submit
from qtwin.projects.models import Project
project = Project.objects.get()
source = project.sources.get(name="hf")
print(job_submit(project=project, spec=JobSpec(source=source, points=[[0.77]]), by=None).pk)
"""


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


class Process:
    """One that exports on a port of its own, with a log and a beat."""

    def __init__(self, name: str, command: list[str], env: dict[str, str], home: Path) -> None:
        self.port, self.log = free_port(), home / f"{name}.log"
        beat = {"QTWIN_BEAT_FILE": str(home / f"{name}.beat")}
        self.env = {**env, **beat, "QTWIN_METRICS_PORT": str(self.port)}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, *command],
                env=self.env,
                cwd=ROOT,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def get(self, path: str, token: str = TOKEN) -> httpx.Response:
        return httpx.get(
            f"http://127.0.0.1:{self.port}{path}",
            headers={"Authorization": f"Bearer {token}"},
            trust_env=False,
        )

    def samples(self) -> dict[tuple[str, str], float]:
        """By name and the values of the labels; nothing while it does not answer."""
        try:
            text = self.get("/metrics").text
        except httpx.HTTPError:
            return {}
        return {
            (sample.name, " ".join(sample.labels.values())): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }

    def lines(self) -> list[dict[str, Any]]:
        """What it logged, each line that is JSON."""
        text = self.log.read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines() if line.startswith("{")]

    def ready(self, within_s: float) -> bool:
        probe = ["-m", "qtwin.health.ready", "--within", str(within_s)]
        done = subprocess.run([sys.executable, *probe], env=self.env, cwd=ROOT, check=False)
        return done.returncode == 0

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def wait(done: Callable[[], object], what: str) -> None:
    end = time.monotonic() + PATIENCE_S
    while not done():
        assert time.monotonic() < end, what
        time.sleep(0.1)


@pytest.fixture
def env(tmp_path: Path) -> Iterator[dict[str, str]]:
    """A broker, and a database with one project."""
    folder.prepare(tmp_path)
    token = tmp_path / "metrics_token"
    token.write_text(TOKEN)
    found = broker.find(tmp_path)
    made = folder.environment(tmp_path, found.url) | {"QTWIN_METRICS_TOKEN_FILE": str(token)}
    made = {name: value for name, value in made.items() if not name.endswith("_DISPATCHER")}
    with ExitStack() as ends:
        server = ends.enter_context(subprocess.Popen(found.command, stdout=subprocess.DEVNULL))
        ends.callback(server.kill)
        wait(found.answers, "the broker")
        stack.prepare_database(made, ["h2"])
        made["BROKER_PID"] = str(server.pid)
        yield made


def test_a_worker_and_the_sweeper_are_watched_through_a_job_and_the_end_of_the_broker(
    env: dict[str, str], tmp_path: Path
) -> None:
    command = "-m celery -A workers worker -Q jobs,twin,io --pool prefork --concurrency 2"
    worker = Process("worker", [*command.split(), "--loglevel", "WARNING"], env, tmp_path)
    sweeper = Process("sweeper", ["-m", "workers.sweeper"], env, tmp_path)
    try:
        wait(lambda: ("qtwin_worker_beat_timestamp_seconds", "") in worker.samples(), "no beat")
        wait(lambda: ("qtwin_sweep_timestamp_seconds", "") in sweeper.samples(), "no sweep")
        assert worker.get("/metrics", "wrong").status_code == 401
        assert worker.get("/readyz").status_code == 200
        assert worker.ready(30)
        assert sweeper.ready(30)
        subprocess.run(
            [sys.executable, "-c", SUBMIT], env=env, cwd=ROOT, check=True, capture_output=True,
            text=True,
        )  # fmt: skip
        key = ("qtwin_job_seconds_count", "pyscf succeeded")
        wait(lambda: worker.samples().get(key) == 1.0, "the job was not timed")
        assert worker.samples()["qtwin_task_seconds_count", "advance"] >= 1
        wait(lambda: "project_id" in str(worker.lines()), "no fit was logged")
        assert any("twin" in line["message"] and "project_id" in line for line in worker.lines())

        os.kill(int(env["BROKER_PID"]), signal.SIGKILL)
        wait(lambda: not worker.ready(8), "a worker without a broker goes on beating")
        assert worker.process.poll() is None
    finally:
        worker.kill()
        sweeper.kill()
