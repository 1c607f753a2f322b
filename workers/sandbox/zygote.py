"""The parent's handle of one zygote process: start, talk, end."""

from __future__ import annotations

import fcntl
import json
import os
import re
import select
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

import psutil

from workers.sandbox.child import environment
from workers.sandbox.values import Isolation

START_S = 60.0
BOOT = Path(__file__).with_name("boot.py")
FOLDER_PREFIX = "qtwin-sandbox-"


class ZygoteDied(Exception):
    """The zygote ended, or does not answer."""


class Zygote:
    """A started zygote. Use `Zygote.start`."""

    def __init__(self, folder: Path, lock: int) -> None:
        self.folder = folder
        self.lock = lock
        self.out = _unnamed(folder / "answer")
        self.payload = _unnamed(folder / "payload")
        self.process: subprocess.Popen[bytes]
        self.buffer = b""
        self.isolation = Isolation(network=False, processes=False)

    @classmethod
    def start(cls, backends: Mapping[str, str]) -> Self:
        """Start a zygote that knows ``backends`` (name to "module:Class") besides the registry.

        Raises:
            ZygoteDied: If it does not come up.
        """
        _remove_stale_folders()
        zygote = cls(*_own_folder())
        zygote.process = _spawn(zygote, backends)
        hello = zygote.receive(START_S)
        if hello is None:
            zygote.kill()
            raise ZygoteDied("the sandbox did not start in time")
        zygote.isolation = Isolation(**hello)
        return zygote

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def send(self, document: dict[str, Any]) -> None:
        """Send one document.

        Raises:
            ZygoteDied: If nobody reads it.
        """
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(json.dumps(document).encode() + b"\n")
            self.process.stdin.flush()
        except OSError as error:
            raise ZygoteDied(str(error)) from error

    def receive(self, timeout_s: float) -> dict[str, Any] | None:
        """The next document, or None when none came in time.

        Raises:
            ZygoteDied: If none will ever come.
        """
        assert self.process.stdout is not None
        if b"\n" not in self.buffer:
            ready, _, _ = select.select([self.process.stdout], [], [], timeout_s)
            if not ready:
                return None
            data = os.read(self.process.stdout.fileno(), 65536)
            if not data:
                raise ZygoteDied("the sandbox ended")
            self.buffer += data
        line, newline, rest = self.buffer.partition(b"\n")
        if not newline:
            return None
        self.buffer = rest
        document: dict[str, Any] = json.loads(line)
        return document

    def clear_answer(self) -> None:
        os.ftruncate(self.out, 0)

    def give(self, payload: bytes) -> None:
        """Lay down what the next child is to read; nothing of the last one stays."""
        os.ftruncate(self.payload, 0)
        view, offset = memoryview(payload), 0
        while offset < len(view):
            offset += os.pwrite(self.payload, view[offset:], offset)

    def read_answer(self, limit: int) -> bytes:
        return os.pread(self.out, min(limit, os.fstat(self.out).st_size), 0)

    def kill(self) -> None:
        """End it and everything that it started.

        The innermost first: the process that we started waits for them and then ends itself, so
        that no zombie waits for the machine's own init.
        """
        for process in _descendants(self.process.pid):
            with suppress(psutil.Error):
                process.kill()
        try:
            self.process.wait(1.0)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            with suppress(OSError):
                pipe.close()
        shutil.rmtree(self.folder, ignore_errors=True)
        os.close(self.out)
        os.close(self.payload)
        os.close(self.lock)


def _unnamed(path: Path) -> int:
    """A file that nobody else can open."""
    handle = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    os.unlink(path)
    return handle


def _spawn(zygote: Zygote, backends: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start the server in an environment that holds nothing of ours, with our code."""
    work = zygote.folder / "work"
    config = {
        "path": [str(Path(place).resolve()) for place in sys.path],
        "backends": dict(backends),
        "folder": str(work),
        "out": zygote.out,
        "payload": zygote.payload,
        "hidden": hidden_paths(os.environ),
    }
    command = [sys.executable, "-I", str(BOOT), json.dumps(config)]
    clean = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": str(work), "TMPDIR": str(work)}
    return subprocess.Popen(  # noqa: S603 - our own interpreter and module
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=clean | environment(os.environ),
        cwd=zygote.folder,
        pass_fds=(zygote.out, zygote.payload),
        start_new_session=True,
    )


def hidden_paths(environment: Mapping[str, str]) -> list[str]:
    """The data folder and every file with a secret, unless we run from inside them."""
    names = [name for name in environment if re.fullmatch(r"QTWIN_(DATA_DIR|\w+_FILE)", name)]
    paths = [
        Path(path).resolve()
        for name in sorted(names)
        for path in environment[name].split(os.pathsep)
        if path
    ]
    needed = (Path(sys.prefix), BOOT, Path(tempfile.gettempdir()))
    return [
        str(path)
        for path in paths
        if path.exists() and not any(place.is_relative_to(path) for place in needed)
    ]


def _descendants(pid: int) -> list[psutil.Process]:
    try:
        found: list[psutil.Process] = psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []
    return found


def _own_folder() -> tuple[Path, int]:
    """A new folder and the lock that says whose it is.

    Another process may take the folder for a stale one before it is locked: then try again.
    """
    while True:
        folder = Path(tempfile.mkdtemp(prefix=FOLDER_PREFIX))
        with suppress(FileNotFoundError):
            lock = os.open(folder / "lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
            fcntl.flock(lock, fcntl.LOCK_EX)
            if (folder / "lock").exists():
                return folder, lock
            os.close(lock)


def _remove_stale_folders() -> None:
    """Folders whose owner was killed: nobody holds their lock any more."""
    for folder in Path(tempfile.gettempdir()).glob(f"{FOLDER_PREFIX}*"):
        with suppress(OSError):
            lock = os.open(folder / "lock", os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(lock)
