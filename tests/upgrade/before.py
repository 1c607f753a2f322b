"""The code as it was before the newest migration, unpacked from the history of this checkout."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tarfile
from pathlib import Path

from infra.dev.options import ROOT

MIGRATIONS = "platform/qtwin/*/migrations/0*.py"
PARTS = ("manage.py", "platform", "backends", "workers", "infra", "tests", "pyproject.toml")


def commit() -> str:
    """The last one without the newest migration; empty where the history does not reach so far."""
    try:
        newest = _git("log", "-1", "--format=%H", "--diff-filter=A", "--", MIGRATIONS).strip()
        return _git("rev-parse", "--verify", "--quiet", f"{newest}^").strip() if newest else ""
    except (OSError, subprocess.CalledProcessError):
        return ""


class Before:
    """That code, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        packed = subprocess.run(
            ["git", "archive", "--format=tar", commit(), *PARTS],
            cwd=ROOT,
            check=True,
            capture_output=True,
        ).stdout
        with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
            tar.extractall(folder, filter="data")

    @property
    def migrations(self) -> set[str]:
        return _migrations(self.folder)

    @property
    def newer(self) -> set[str]:
        """Names of the migrations that it does not know."""
        return _migrations(ROOT) - self.migrations

    def command(self, *words: str) -> tuple[str, ...]:
        """A command of Python that runs this code and no other."""
        kept = [one for one in os.environ["PYTHONPATH"].split(os.pathsep) if "plugins" in one]
        path = os.pathsep.join([*kept, str(self.folder / "platform"), str(self.folder)])
        enter = ("env", f"--chdir={self.folder}", f"PYTHONPATH={path}")
        return (*enter, sys.executable, *words)

    def run(self, *words: str) -> str:
        """Run it to its end; what it printed."""
        done = subprocess.run(self.command(*words), capture_output=True, text=True, check=False)
        assert not done.returncode, done.stderr[-3000:]
        return done.stdout


def _migrations(root: Path) -> set[str]:
    return {f"{path.parts[-3]}.{path.stem}" for path in root.glob(MIGRATIONS)}


def _git(*words: str) -> str:
    done = subprocess.run(["git", *words], cwd=ROOT, check=True, capture_output=True, text=True)
    return done.stdout
