"""Sessions at a prompt, played in this process."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from qtwin.client.main import main

_COMMAND = re.compile(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)


def play(session: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Run each command, and find the lines that the page shows in what is printed.

    ``cat`` writes what it shows. "…" stands for anything in a line, and alone for any lines.
    """
    commands = _COMMAND.findall(session)
    assert len(commands) == len(re.findall(r"^\$ ", session, re.MULTILINE))
    for line, shown in commands:
        program, *words = shlex.split(line)
        if program == "cat":
            (folder / words[0]).write_text(shown, encoding="utf-8")
            continue
        assert program.removeprefix(".venv/bin/") == "qtwin", line
        status = main(words)
        printed = capsys.readouterr()
        assert status == 0, printed.err
        assert re.fullmatch(_pattern(shown), printed.out + "\n"), f"{line}\n{printed.out}"


def _pattern(shown: str) -> str:
    """What a command may print, given what the page shows of it."""
    lines = [
        "(?:.*\n)*" if line == "…" else re.escape(line).replace("…", ".*") + "\n"
        for line in shown.splitlines()
    ]
    return "".join(lines) + "\\s*"
