"""What docs/sdk.md and docs/cli.md show is what happens."""

from __future__ import annotations

import io
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.core.handlers.asgi import ASGIHandler

from qtwin.archives.selectors import imports_due
from qtwin.client.main import main
from qtwin.client.wire import drive
from qtwin.client.wire.address import Access
from qtwin.client.wire.drive import Awaiting
from qtwin.jobs.selectors import jobs_due
from qtwin.projects.models import Project
from tests.docs.fences import blocks
from workers.archive import read

MOST_PAUSES = 60
"""A page that waits for what never comes must not wait for ever."""


@pytest.fixture
def pausing(
    signed_in: Path,
    work: Callable[[], None],
    fitted: Callable[[Project], None],
    monkeypatch: pytest.MonkeyPatch,
) -> Path:
    """While the SDK pauses, the workers work; once nothing is due, the twin is fitted."""
    made = Awaiting.__init__

    def make(self: Awaiting, access: Access, transport: Any = None) -> None:
        made(self, access, transport or httpx.ASGITransport(cast("Any", ASGIHandler())))

    pauses = iter(range(MOST_PAUSES))

    def sleep(seconds: float) -> None:
        next(pauses)
        if jobs_due(1):
            work()
        elif imports := imports_due(1):
            read(str(imports[0]), owner="test")
        else:
            fitted(Project.objects.latest("created_at"))

    async def rest(seconds: float) -> None:
        await sync_to_async(sleep)(seconds)

    monkeypatch.setattr(Awaiting, "__init__", make)
    monkeypatch.setattr(drive, "sleep", sleep)
    monkeypatch.setattr(drive, "rest", rest)
    monkeypatch.chdir(signed_in)
    return signed_in


def on_this_thread(main: Coroutine[Any, Any, Any]) -> Any:
    """As ``asyncio.run`` does, but views run on this thread, in the transaction of the test."""

    async def wait() -> Any:
        return await main

    return async_to_sync(wait)()


@pytest.mark.usefixtures("team")
def test_the_python_of_the_page_runs_from_its_top_to_its_end(
    pausing: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names: dict[str, Any] = {"on_this_thread": on_this_thread}
    for text in blocks("sdk.md", "python"):
        run = text.replace("asyncio.run(", "on_this_thread(")
        exec(compile(run, "docs/sdk.md", "exec"), names)
    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == "Ada"
    assert "allowed: fci, hf, vqe" in printed[-1]
    assert names["result"]["energy"].shape == (5,)
    assert len(names["energies"]) == 2
    assert (pausing / "h2.svg").read_text().startswith("<svg")


class Shell:
    """As much of a shell as the page needs: variables, files, ``>``, ``<`` and ``$( )``."""

    def __init__(self, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
        self.capsys, self.folder = capsys, folder
        self.names: dict[str, str] = {}

    def run(self, line: str) -> str:
        line = re.sub(r"\$\((.*)\)", lambda found: self.run(found[1]).strip(), line)
        line = re.sub(r"\$(\w+)", lambda found: self.names[found[1]], line)
        if found := re.fullmatch(r"(export )?(\w+)=(\S*)", line):
            self.names[found[2]] = os.environ[found[2]] = found[3]
            return ""
        if not line.startswith("qtwin "):
            script = ["bash", "-c", line]
            done = subprocess.run(
                script, capture_output=True, text=True, check=True, cwd=self.folder
            )
            return done.stdout
        command, *pipe = line.split(" | ", 1)
        printed = self.command(command)
        if pipe:
            script = ["bash", "-c", pipe[0]]
            printed = subprocess.run(
                script, input=printed, capture_output=True, text=True, check=True
            ).stdout
        return printed

    def command(self, line: str) -> str:
        words = shlex.split(line)[1:]
        target = words.index(">") if ">" in words else None
        source = words.index("<") if "<" in words else None
        with self.reading(words[source + 1] if source else None):
            status = main(words[: source or target])
        printed, said = self.capsys.readouterr()
        assert status == 0, (line, said)
        if target:
            (self.folder / words[target + 1]).write_text(printed)
            return ""
        return printed

    @contextmanager
    def reading(self, name: str | None) -> Iterator[None]:
        typed = (self.folder / name).read_text() if name else ""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "stdin", io.StringIO(typed))
            yield


@pytest.mark.usefixtures("team")
def test_the_sessions_of_the_page_are_what_happens(
    pausing: Path, token: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("QTWIN_URL")
    monkeypatch.delenv("QTWIN_TOKEN")
    monkeypatch.setenv("QTWIN_PROJECT", "")  # so that it is put back
    (pausing / "token.txt").write_text(token)
    (pausing / "points.csv").write_text("bond_length\n0.6\n1.6\n")
    shell = Shell(capsys, pausing)
    for session in blocks("cli.md", "console"):
        for line, shown in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n?)*)", session, re.MULTILINE):
            if line.startswith("cat "):
                (pausing / line.removeprefix("cat ")).write_text(shown)
                continue
            printed = shell.run(line)
            if shown:
                assert_shown(shown, printed, line)


def assert_shown(shown: str, printed: str, line: str) -> None:
    """Line by line and word by word; … stands for any words, and at the end for any lines."""
    wanted = [" ".join(one.split()) for one in shown.splitlines()]
    said = [" ".join(one.split()) for one in printed.splitlines()]
    if wanted[-1] != "…":
        assert len(wanted) == len(said), (line, printed)
    for one, other in zip(wanted, said, strict=False):
        pattern = re.escape(one).replace("…", ".*")
        assert re.fullmatch(pattern, other), (line, one, other)


@pytest.mark.usefixtures("pausing")
def test_the_python_of_the_readme_runs(
    project: Project,
    measure: Callable[..., Any],
    assimilated: Callable[[], Any],
    capsys: pytest.CaptureFixture[str],
) -> None:
    for x, energy in ((0.5, -1.0552), (0.75, -1.1371), (1.1, -1.0792)):
        measure("fci", x, energy)
    assimilated()
    (text,) = blocks("README.md", "python", "sdk")
    exec(compile(text, "README.md", "exec"), {})
    assert len(capsys.readouterr().out.split()) >= 5
