"""The command line does what README.md shows."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from qtwin.client.main import main
from tests.docs.fences import blocks

README = (Path(__file__).resolve().parents[2] / "README.md").read_text()
SECTION = README.split("\n## Without a server\n")[1].split("\n## ", maxsplit=1)[0]


def test_the_session_of_the_readme_is_what_happens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (session,) = blocks("README.md", "console")
    shown, said = re.findall(r"^\$ (.*)\n([^$]*)", session, re.MULTILINE)
    assert shown[0].startswith("cat ")
    (tmp_path / shown[0].removeprefix("cat ")).write_text(shown[1])
    monkeypatch.chdir(tmp_path)
    program, *arguments = shlex.split(said[0])
    assert program == ".venv/bin/qtwin"
    assert main(arguments) == 0
    printed = capsys.readouterr()
    why, value, source, _ = said[1].splitlines()
    assert printed.err.splitlines() == [why]
    assert printed.out.splitlines()[0] == value
    assert printed.out.splitlines()[1].split(":")[0] == source.split(":")[0]


def test_every_command_that_the_readme_names_exists(capsys: pytest.CaptureFixture[str]) -> None:
    named = set(re.findall(r"`qtwin ((?:system )?[a-z]+)", SECTION))
    assert {"explain", "backends", "methods", "system validate", "system show"} <= named
    for command in named:
        with pytest.raises(SystemExit) as left:
            main([*command.split(), "--help"])
        assert left.value.code == 0
    flags = set(re.findall(r"`(--[a-z]+)", SECTION))
    with pytest.raises(SystemExit):
        main(["evaluate", "--help"])
    with pytest.raises(SystemExit):
        main(["explain", "--help"])
    printed = capsys.readouterr().out
    assert {flag for flag in flags if flag not in printed} == set()
