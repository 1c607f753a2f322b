"""The stack on PostgreSQL, a team on it, and someone who kills."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory
from typing import Any

from infra.dev.options import ROOT
from qtwin.serve import broker, folder, port, stack
from qtwin.serve.processes import Supervisor
from tests.faults.postgres import Postgres
from tests.soak.acts import Stream, Submissions, doubt, every, predict, read
from tests.soak.log import Log
from tests.soak.machine import Kills, Memory
from tests.soak.person import Person
from tests.soak.verdict import Verdict

PATIENCE_S = 300.0
TICK_S = 0.2
Act = Callable[[Person, threading.Event], None]


@contextmanager
def platform(logs: Path) -> Iterator[tuple[Supervisor, str, dict[str, Any]]]:
    """Everything, its address, and what the demo's project is called.

    Args:
        logs: Where to put what the processes wrote.
    """
    with ExitStack() as parts:
        home = Path(parts.enter_context(TemporaryDirectory(prefix="qtwin-soak-")))
        server = parts.enter_context(Postgres())
        folder.prepare(home)
        queue = broker.find(home)
        env = folder.environment(home, queue.url) | {"QTWIN_DATABASE": server.url}
        env["PYTHONPATH"] = os.pathsep.join((str(ROOT / "platform"), str(ROOT)))
        supervisor = Supervisor(env=env, folder=home, say=lambda text: None)
        parts.callback(copytree, home / "logs", logs, dirs_exist_ok=True)
        parts.callback(supervisor.stop)
        stack.start_broker(supervisor, queue)
        seeded = stack.prepare_database(env, ["h2"])
        chosen = port.free()
        stack.start_platform(supervisor, port=chosen, workers=2, trainers=0)
        yield supervisor, f"http://{port.HOST}:{chosen}", seeded


def soak(*, minutes: float, kill_every_s: float, seed: int, logs: Path) -> Verdict:
    with platform(logs) as (supervisor, address, seeded):
        log, stop = Log(), threading.Event()
        project = seeded["demos"][0]["project"]
        person = Person(
            address=address,
            token=seeded["token"],
            link=seeded["sign_in_path"],
            project=project,
            log=log,
        )
        submissions, stream = [Submissions(seed), Submissions(seed + 1)], Stream()
        web = next(one for one in supervisor.services if one.name == "web")
        kills, memory = Kills(supervisor, every_s=kill_every_s, seed=seed), Memory(web)
        acts: list[Act] = [read, predict, doubt, stream.run, *(one.run for one in submissions)]
        threads = [threading.Thread(target=act, args=(person, stop)) for act in acts]
        threads += [threading.Thread(target=one.run, args=(stop,)) for one in (kills, memory)]
        for thread in threads:
            thread.start()
        _tick(supervisor, until=time.monotonic() + 60 * minutes)
        stop.set()
        for thread in threads:
            thread.join()
        deadline = time.monotonic() + PATIENCE_S
        while _waiting(submissions) and time.monotonic() < deadline:
            _tick(supervisor, until=time.monotonic() + 1)
            for one in submissions:
                one.look(person)
        versions = list(every(person, f"/projects/{project}/twin/versions"))
        return Verdict(
            minutes=minutes,
            answers=log.answers,
            jobs=sum(len(one.states) for one in submissions),
            measurements=submissions[0].compare(person),
            fits=len(versions),
            kills=dict(kills.done),
            missed=stream.missing(person),
            wrong=_audit(supervisor.env),
            growth=memory.growth(),
            held_mb=memory.parts(),
            lost=[job for one in submissions for job in one.lost],
            p95_ms=log.p95_ms(),
            errors=log.errors,
        )


def _waiting(submissions: list[Submissions]) -> bool:
    return any(one.waiting for one in submissions)


def _tick(supervisor: Supervisor, *, until: float) -> None:
    while time.monotonic() < until:
        supervisor.tick()
        time.sleep(TICK_S)


def _audit(env: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", "check_invariants"],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    return "" if not done.returncode else (done.stdout + done.stderr)[-500:]
