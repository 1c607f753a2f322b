"""What the stack consists of, and when each part is ready."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

import httpx

from qtwin.niceness import BEHIND_WEB
from qtwin.serve.broker import Broker
from qtwin.serve.errors import CannotGoOn
from qtwin.serve.port import HOST, KEEP_ALIVE_S
from qtwin.serve.processes import Service, Supervisor

READY_S = 60.0
PREPARE = """
import django
from django.core.management import call_command
django.setup()
call_command("migrate", verbosity=0)
call_command("seed_demo", *{demos!r})
"""


def start_broker(supervisor: Supervisor, broker: Broker) -> None:
    """Start the broker unless somebody else runs it; returns when it answers."""
    if broker.command:
        supervisor.start(Service("broker", broker.command))
    wait_until(broker.answers, supervisor, what="the broker")


def prepare_database(env: dict[str, str], demos: Sequence[str]) -> dict[str, Any]:
    """Migrate and seed; returns what `seed_demo` prints."""
    code = PREPARE.format(demos=list(demos))
    document: dict[str, Any] = json.loads(_django(env, code).splitlines()[-1])
    return document


def start_platform(
    supervisor: Supervisor,
    *,
    port: int,
    workers: int,
    queues: str = "jobs,twin,io",
    trainers: int = 1,
    nice: int = BEHIND_WEB,
) -> None:
    """Start web, worker, trainer and sweeper; returns when the web page answers.

    Training takes long, so it has a worker of its own: jobs never wait for it.

    Args:
        trainers: Its processes; 0 for none.
        nice: How far all but the web process step back for it.
    """
    python = sys.executable
    web = f"-m uvicorn qtwin.config.asgi:application --host {HOST} --port {port}"
    web += f" --timeout-graceful-shutdown 1 --timeout-keep-alive {KEEP_ALIVE_S} --no-access-log"
    supervisor.start(Service("web", (python, *web.split())))
    supervisor.start(Service("worker", _worker(queues, workers), stop_s=10.0, nice=nice))
    if trainers:
        trainer = (*_worker("train", trainers), "-n", "trainer@%h")
        supervisor.start(Service("trainer", trainer, stop_s=10.0, nice=nice))
    supervisor.start(Service("sweeper", (python, "-m", "workers.sweeper"), nice=nice))
    address = f"http://{HOST}:{port}/api/v1/health/ready"
    wait_until(lambda: _answers(address), supervisor, what="the web page")


def _worker(queues: str, processes: int) -> tuple[str, ...]:
    command = f"-m celery -A workers worker -Q {queues} --pool prefork --concurrency {processes}"
    command += " --loglevel WARNING --without-gossip --without-mingle"
    return (sys.executable, *command.split())


def wait_until(ready: Callable[[], bool], supervisor: Supervisor, *, what: str) -> None:
    """Wait, keeping the services alive.

    Raises:
        CannotGoOn: If it takes too long.
    """
    deadline = time.monotonic() + READY_S
    while not ready():
        if time.monotonic() > deadline:
            logs = supervisor.folder / "logs"
            raise CannotGoOn(f"{what} did not come up in {READY_S:g} s; see the logs in {logs}.")
        supervisor.tick()
        time.sleep(0.05)


def _answers(address: str) -> bool:
    try:
        return httpx.get(address, timeout=2, trust_env=False).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


def _django(env: dict[str, str], code: str) -> str:
    """Run code in Django; one process for several commands, since its start is what takes time."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=env,
        cwd=env["QTWIN_DATA_DIR"],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        last = (done.stderr.strip() or "no message").splitlines()[-1]
        raise CannotGoOn(f"The database could not be prepared: {last}")
    return done.stdout
