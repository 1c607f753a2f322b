"""Services that die come back with their data; nothing outlives the runner."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
import redis

from qtwin.serve import broker, processes, stack
from qtwin.serve.processes import Service, Supervisor

FOREVER = "import os, time; os.fork(); time.sleep(60)"
RUNNER = """
import os, pathlib, sys, time
from qtwin.serve.processes import Service, Supervisor
box = Supervisor(env=os.environ, folder=pathlib.Path(sys.argv[1]), say=print)
box.start(Service("child", (sys.executable, "-c", "import time; time.sleep(60)")))
print(box.services[0].process.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def supervisor(tmp_path: Path, said: list[str]) -> Iterator[Supervisor]:
    (tmp_path / "logs").mkdir()
    box = Supervisor(env=os.environ, folder=tmp_path, say=said.append)
    yield box
    box.stop()


def eventually(true: Callable[[], bool], supervisor: Supervisor | None = None) -> bool:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if true():
            return True
        if supervisor is not None:
            supervisor.tick()
        time.sleep(0.02)
    return False


def ended(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


def pid_of(service: Service) -> int:
    assert service.process is not None
    return service.process.pid


def test_a_killed_service_is_started_again_with_one_line_said(
    supervisor: Supervisor, said: list[str]
) -> None:
    service = Service("sleeper", (sys.executable, "-c", FOREVER))
    supervisor.start(service)
    first = pid_of(service)
    assert eventually(lambda: len(psutil.Process(first).children()) == 1)
    orphan = psutil.Process(first).children()[0].pid
    os.kill(first, signal.SIGKILL)
    assert eventually(lambda: service.alive and pid_of(service) != first, supervisor)
    assert len(said) == 1
    assert said[0].startswith("sleeper ended (SIGKILL); starting it again")
    assert eventually(lambda: ended(orphan))


def test_a_service_that_keeps_failing_is_tried_ever_more_rarely(
    supervisor: Supervisor, said: list[str]
) -> None:
    service = Service("broken", (sys.executable, "-c", "raise SystemExit(3)"))
    supervisor.start(service)
    assert eventually(lambda: service.failures == 3, supervisor)
    assert service.retry_at - time.monotonic() > 0.5
    assert "status 3" in said[0]


def test_what_computes_steps_back_with_its_whole_session(supervisor: Supervisor) -> None:
    service = Service("sleeper", (sys.executable, "-c", FOREVER), nice=3)
    supervisor.start(service)
    assert psutil.Process(pid_of(service)).nice() == min(19, os.nice(0) + 3)
    group = Path(f"/proc/{pid_of(service)}/autogroup")
    if group.exists():
        assert group.read_text().split()[-2:] == ["nice", "3"]


def test_stopping_ends_whole_groups_even_those_that_do_not_listen(supervisor: Supervisor) -> None:
    deaf = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {FOREVER}"
    service = Service("deaf", (sys.executable, "-c", deaf), stop_s=0.3)
    supervisor.start(service)
    pid = pid_of(service)
    assert eventually(lambda: len(psutil.Process(pid).children()) == 1)
    child = psutil.Process(pid).children()[0].pid
    supervisor.stop()
    assert ended(pid)
    assert eventually(lambda: ended(child))


@pytest.mark.skipif(sys.platform != "linux", reason="needs the parent-death signal of Linux")
def test_children_end_when_the_runner_itself_is_killed(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    with subprocess.Popen(
        [sys.executable, "-c", RUNNER, str(tmp_path)], stdout=subprocess.PIPE
    ) as runner:
        assert runner.stdout is not None
        child = int(runner.stdout.readline())
        runner.kill()
    assert eventually(lambda: ended(child))


def test_a_log_that_grows_too_long_starts_anew(
    supervisor: Supervisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "LOG_BYTES", 1000)
    service = Service(
        "talker", (sys.executable, "-c", "print('x' * 2000); import time; time.sleep(60)")
    )
    supervisor.start(service)
    log = tmp_path / "logs" / "talker.log"
    assert eventually(lambda: log.with_suffix(".log.1").exists(), supervisor)
    assert log.stat().st_size == 0


def test_the_broker_keeps_its_messages_through_kill_9(
    supervisor: Supervisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REDIS_URL", raising=False)
    ours = broker.find(tmp_path)
    assert ours.command, "nothing should answer yet"
    stack.start_broker(supervisor, ours)
    client = redis.Redis.from_url(ours.ping_url)
    client.lpush("jobs", *range(50))
    time.sleep(1.2)  # appended to disk every second
    first = pid_of(supervisor.services[0])
    os.kill(first, signal.SIGKILL)
    assert eventually(lambda: pid_changed(supervisor.services[0], first), supervisor)
    assert eventually(ours.answers, supervisor)
    assert client.llen("jobs") == 50
    client.close()
    assert broker.find(tmp_path).command == (), "a running socket is taken as it is"


def pid_changed(service: Service, first: int) -> bool:
    return service.alive and pid_of(service) != first
