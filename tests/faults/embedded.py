"""Broker, database and worker nodes of our own, driven by the process that starts them.

The driver is a process of its own too: it loads Django for the database that it is given.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from infra.dev.options import ROOT
from qtwin.serve import broker, folder, stack
from qtwin.serve.processes import Service, Supervisor
from tests import schema
from tests.faults import plugin
from tests.faults.postgres import Postgres

DATABASES = ("sqlite", "postgres")


class Embedded:
    """Started parts by name; all end with the driver.

    Attributes:
        home: Folder of everything that a run writes.
        postgres: None on SQLite.
    """

    def __init__(self, home: Path, supervisor: Supervisor, postgres: Postgres | None) -> None:
        self.home = home
        self.supervisor = supervisor
        self.postgres = postgres

    def node(
        self, name: str, *, app: str = "workers", processes: int = 2, queues: str = "jobs,io"
    ) -> None:
        """Start a worker node: a Celery master and its pool."""
        command = f"-m celery -A {app} worker -Q {queues} --pool prefork -n {name}@test"
        command += f" --concurrency {processes} --loglevel WARNING --without-gossip"
        self._start(name, *command.split(), "--without-mingle")

    def sweeper(self, name: str = "sweeper") -> None:
        self._start(name, "-m", "workers.sweeper")

    def kill(self, name: str) -> None:
        """Kill one part and all that it forked; `Supervisor.tick` starts it again at once."""
        service = self.service(name)
        if service.process is not None:
            os.killpg(service.process.pid, signal.SIGKILL)
            service.process.wait()
        service.failures = 0

    def kill_all(self) -> None:
        """Kill everything but the database, for good."""
        for service in self.supervisor.services:
            self.kill(service.name)

    def service(self, name: str) -> Service:
        return next(service for service in self.supervisor.services if service.name == name)

    def _start(self, name: str, *arguments: str) -> None:
        self.supervisor.start(Service(name, (sys.executable, *arguments)))


@contextmanager
def embedded(
    database: str,
    *,
    backends: Mapping[str, str],
    env: Mapping[str, str] | None = None,
    tables: Callable[[], None] = schema.make,
) -> Iterator[Embedded]:
    """Start database and broker, and load Django on an empty, migrated database.

    Args:
        database: One of `DATABASES`.
        backends: Test backends, name to "module:Class".
        env: Further variables of this process and of those that it starts.
        tables: Gives the database its tables, once Django is loaded.
    """
    with ExitStack() as parts:
        home = Path(parts.enter_context(TemporaryDirectory(prefix="qtwin-faults-")))
        folder.prepare(home)
        server = parts.enter_context(Postgres()) if database == "postgres" else None
        queue = broker.find(home)
        paths = [str(plugin.install(home / "plugins", backends)), str(ROOT / "platform"), str(ROOT)]
        for name in [one for one in os.environ if one.endswith("_DISPATCHER")]:
            del os.environ[name]  # pytest's process gives none, and only the sweeper would hint
        os.environ.update(folder.environment(home, queue.url))
        os.environ.update(env or {})
        os.environ["PYTHONPATH"] = os.pathsep.join(paths)
        if server is not None:
            os.environ["QTWIN_DATABASE"] = server.url
        sys.path.insert(0, paths[0])
        supervisor = Supervisor(env=os.environ, folder=home, say=lambda text: None)
        parts.callback(supervisor.stop)
        stack.start_broker(supervisor, queue)
        import django

        django.setup()
        tables()
        yield Embedded(home, supervisor, server)
