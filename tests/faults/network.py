"""A network of our own: hosts with names and addresses of their own, on a bridge that we hold.

It is made of namespaces of Linux, inside one that ``unshare --net`` gave to this process: it ends
with it, and the machine's own network never sees it.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Self

from qtwin.serve.processes import die_with_runner

CENTER = "10.77.0.1"
"""Where the servers are that all hosts share."""

BRIDGE = "qtwin"
NEW_NETWORK = ("unshare", "--net", "--uts")


def missing() -> str:
    """What this machine lacks for it; empty if nothing."""
    if not sys.platform.startswith("linux"):
        return "network namespaces are a feature of Linux"
    if lacking := [name for name in ("ip", "unshare", "nsenter") if shutil.which(name) is None]:
        return f"there is no {lacking[0]}: install iproute2 and util-linux"
    command = [*NEW_NETWORK, "ip", "link", "add", "name", BRIDGE, "type", "bridge"]
    tried = subprocess.run(command, capture_output=True, text=True, check=False)
    return f"a network cannot be made here: {tried.stderr.strip()}" if tried.returncode else ""


class Host:
    """A machine as far as its network, its name and its folder go."""

    def __init__(self, name: str, number: int, folder: Path) -> None:
        self.name, self.address, self.folder = name, f"10.77.0.{10 + number}", folder
        self._port = f"veth{number}"
        folder.mkdir()
        waits = f"hostname {name} && echo ready && exec sleep infinity"
        self._holder = subprocess.Popen(
            [*NEW_NETWORK, "sh", "-c", waits],
            stdout=subprocess.PIPE,
            text=True,
            preexec_fn=die_with_runner,  # noqa: PLW1509 - one system call, and we have no threads
        )
        assert self._holder.stdout is not None
        assert self._holder.stdout.readline() == "ready\n"
        pid = str(self._holder.pid)
        _ip("link", "add", self._port, "type", "veth", "peer", "name", "eth0", "netns", pid)
        _ip("link", "set", self._port, "master", BRIDGE, "up")
        for words in (
            ("addr", "add", f"{self.address}/24", "dev", "eth0"),
            ("link", "set", "lo", "up"),
            ("link", "set", "eth0", "up"),
        ):
            subprocess.run([*self.inside, "ip", *words], check=True)

    @property
    def inside(self) -> tuple[str, ...]:
        """How a command begins that runs there, with a data folder of its own."""
        enter = ("nsenter", "-t", str(self._holder.pid), "--net", "--uts", "--")
        return (*enter, "env", f"QTWIN_DATA_DIR={self.folder}")

    def cut_off(self) -> None:
        """Pull the plug; processes there notice nothing but silence."""
        _ip("link", "set", self._port, "down")

    def plug_in(self) -> None:
        _ip("link", "set", self._port, "up")

    def end(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self._holder.pid, signal.SIGKILL)
        self._holder.wait()


class Network:
    """The bridge in the middle; servers listen on its address, `CENTER`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.hosts: list[Host] = []

    def __enter__(self) -> Self:
        _ip("link", "set", "lo", "up")
        _ip("link", "add", "name", BRIDGE, "type", "bridge")
        _ip("addr", "add", f"{CENTER}/24", "dev", BRIDGE)
        _ip("link", "set", BRIDGE, "up")
        return self

    def __exit__(self, *_: object) -> None:
        for host in self.hosts:
            host.end()

    def host(self, name: str) -> Host:
        """Add a host."""
        made = Host(name, len(self.hosts), self._folder / name)
        self.hosts.append(made)
        return made


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)
