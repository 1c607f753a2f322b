"""Workers on several hosts: one is added, one is killed, one is cut off for a minute.

Run inside ``unshare --net`` (`tests.faults.network`): the hosts share PostgreSQL, Valkey, a bucket
and a vendor at the middle of a network of their own, and nothing else.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import redis

from infra.dev.options import ROOT
from qtwin.serve import folder
from qtwin.serve.processes import Service, Supervisor
from qtwin.serve.valkey import server_binary
from tests import schema
from tests.bucket import BUCKET, KEY, PREFIX, SECRET, bucket
from tests.faults import plugin
from tests.faults.chaos.ground import QUICK
from tests.faults.embedded import Embedded
from tests.faults.network import CENTER, Host, Network
from tests.faults.postgres import Postgres
from tests.faults.vendor.backend import ADDRESS, BACKENDS, LAG_S
from tests.faults.vendor.faults import Rates
from tests.faults.vendor.start import Started, vendor

JOBS, LATER = 60, 12
CUT_S = 60.0
LIMIT_S = 200.0
RATES = Rates.calm(late_answer=0.6, late_s=2.5, lag_s=1.0, shortest_s=0.2, longest_s=2.0)
"""Most posts are answered after their sender lost patience, so that a lease is easily met."""
DROPPED = "dropped a step"


def run(seed: int) -> dict[str, Any]:
    """What became of the jobs, which host took steps when, and both bills."""
    with _ground(seed) as (parts, network, sold):
        return _drive(parts, network, sold, seed)


@contextmanager
def _ground(seed: int) -> Iterator[tuple[Embedded, Network, Started]]:
    with ExitStack() as stack:
        home = Path(stack.enter_context(TemporaryDirectory(prefix="qtwin-hosts-")))
        folder.prepare(home)
        network = stack.enter_context(Network(home))
        server = stack.enter_context(Postgres(CENTER))
        sold = stack.enter_context(vendor(home, RATES, seed=seed, host=CENTER))
        endpoint = stack.enter_context(bucket(CENTER)).endpoint
        (home / "s3_secret").write_text(SECRET, encoding="ascii")
        os.environ.update(folder.environment(home, f"redis://{CENTER}:6379/0"))
        paths = [str(plugin.install(home / "plugins", BACKENDS)), str(ROOT / "platform"), str(ROOT)]
        os.environ.update(
            QUICK
            | {
                ADDRESS: sold.address,
                LAG_S: str(RATES.lag_s),
                "PYTHONPATH": os.pathsep.join(paths),
                "QTWIN_DATABASE": server.url,
                "QTWIN_ARTIFACTS": f"s3://{BUCKET}/{PREFIX}",
                "QTWIN_S3_ENDPOINT": endpoint,
                "QTWIN_S3_KEY_ID": KEY,
                "QTWIN_S3_SECRET_FILE": str(home / "s3_secret"),
            }
        )
        sys.path.insert(0, paths[0])
        supervisor = Supervisor(env=os.environ, folder=home, say=lambda text: None)
        stack.callback(supervisor.stop)
        _start_broker(supervisor, home)
        import django

        django.setup()
        schema.make()
        yield Embedded(home, supervisor, server), network, sold


def _start_broker(supervisor: Supervisor, home: Path) -> None:
    binary = server_binary()
    assert binary is not None
    options = (
        f"--bind {CENTER} --port 6379 --protected-mode no --appendonly yes --dir {home}/broker"
    )
    (home / "broker").mkdir()
    supervisor.start(Service("broker", (binary, *options.split())))
    deadline = time.monotonic() + LIMIT_S
    while time.monotonic() < deadline:
        try:
            with redis.Redis(host=CENTER, socket_timeout=1) as client:
                client.ping()
        except redis.RedisError:
            time.sleep(0.1)
        else:
            return


def _drive(parts: Embedded, network: Network, sold: Started, seed: int) -> dict[str, Any]:
    from tests.faults.chaos import project, verdict

    a, b = (_start(parts, network.host(name)) for name in ("alder", "birch"))
    parts.sweeper()
    made, user = project.make("mock-qpu")
    project.submit_all(made, user, JOBS)
    _wait(parts, lambda: bool(_steps(a) and _steps(b)))
    c = _start(parts, network.host("cedar"))
    _wait(parts, lambda: bool(_steps(c)))
    parts.kill(b.name)
    _forget(parts, b)
    job, fence = _cut_off(parts, c)
    taken = _wait(parts, lambda: _fence(job) > fence, at_least_s=CUT_S)
    before = _steps(c)
    c.plug_in()
    project.submit_all(made, user, LATER, key="later")
    _wait(parts, lambda: _steps(c) > before and DROPPED in _log(parts, c))
    _wait(parts, _all_ended)
    parts.kill_all()
    judged = verdict.judge(sold, may_hold=False)
    own = [path.name for host in network.hosts for path in host.folder.glob("artifacts")]
    return {
        "seed": seed,
        "jobs": judged.jobs,
        "states": judged.states,
        "attempts begun": {host.name: _steps(host) for host in network.hosts},
        "overtaken after": round(taken, 1),
        "dropped": _log(parts, c).count(DROPPED),
        "lost": judged.lost,
        "duplicates": judged.duplicates,
        "spent": judged.spent,
        "charged": judged.charged,
        "problems": [*judged.problems(), *(f"a host keeps {name}" for name in own)],
    }


def _start(parts: Embedded, host: Host) -> Host:
    """A worker there, of two processes."""
    command = "-m celery -A workers worker -Q jobs,io --pool prefork --concurrency 2"
    command += f" -n worker@{host.name} --loglevel WARNING --without-gossip --without-mingle"
    service = Service(host.name, (*host.inside, sys.executable, *command.split()))
    parts.supervisor.start(service)
    return host


def _forget(parts: Embedded, host: Host) -> None:
    """It does not come back."""
    parts.supervisor.services.remove(parts.service(host.name))
    host.end()


def _cut_off(parts: Embedded, host: Host) -> tuple[Any, int]:
    """At a moment when it works on a job; that job and its fence."""
    from qtwin.jobs.models import Job

    def held() -> tuple[Any, int] | None:
        rows = Job.objects.filter(lease_owner__startswith=f"{host.name}:", state="SUBMITTING")
        return rows.values_list("pk", "fence").first()

    while True:
        _wait(parts, lambda: held() is not None)
        host.cut_off()
        time.sleep(0.3)  # what was on its way arrives
        if (still := held()) is not None:
            return still
        host.plug_in()


def _fence(job: Any) -> int:
    from qtwin.jobs.models import Job

    return int(Job.objects.values_list("fence", flat=True).get(pk=job))


def _steps(host: Host) -> int:
    """How many attempts it has begun."""
    from qtwin.jobs.models import Attempt

    return Attempt.objects.filter(worker__startswith=f"{host.name}:").count()


def _log(parts: Embedded, host: Host) -> str:
    return (parts.home / "logs" / f"{host.name}.log").read_text(encoding="utf-8", errors="replace")


def _all_ended() -> bool:
    from qtwin.jobs.models import Job
    from qtwin.jobs.states import TERMINAL

    return not Job.objects.exclude(state__in=TERMINAL).exists()


def _wait(parts: Embedded, done: Callable[[], bool], *, at_least_s: float = 0.0) -> float:
    """Keep the services alive until it is so; how long that took, in seconds."""
    began, seen = time.monotonic(), None
    while seen is None or time.monotonic() - began < at_least_s:
        assert time.monotonic() - began < LIMIT_S, "it took too long"
        if seen is None and done():
            seen = time.monotonic() - began
        parts.supervisor.tick()
        time.sleep(0.1)
    return seen
