"""Commands that need no answer: completion, starters, exit statuses, names with control codes."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from qtwin.client import UnknownName
from qtwin.client import main as command_line
from qtwin.client.commands import out
from qtwin.client.commands.serve import OF_A_SERVER
from qtwin.client.commands.words import commands
from qtwin.client.main import main
from qtwin.client.rows.project import SourceRow
from qtwin.serve.port import KEEP_ALIVE_S

WORDS = [
    ("", {"evaluate", "job", "login", "completion"}),
    ("job", {"submit", "watch", "--help"}),
    ("job submit", {"--source", "--watch"}),
    ("job ls --state", {"queued", "succeeded"}),
    ("token create name --scope", {"read", "admin"}),
    ("vendor check", {"ibm", "braket"}),
    ("completion", {"bash", "zsh", "fish"}),
]


@pytest.fixture
def bash(capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["completion", "bash"]) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize(("typed", "offered"), WORDS)
def test_bash_offers_what_may_follow(bash: str, typed: str, offered: set[str]) -> None:
    words = " ".join(f"'{word}'" for word in ["qtwin", *typed.split(), ""])
    ask = f"COMP_WORDS=({words}); COMP_CWORD={len(typed.split()) + 1}; _qtwin"
    script = f'{bash}\n{ask}; echo "${{COMPREPLY[@]}}"'
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
    assert offered <= set(done.stdout.split())
    assert done.stderr == ""


def test_after_an_option_that_takes_a_name_nothing_is_offered(bash: str) -> None:
    ask = "COMP_WORDS=(qtwin job submit --source ''); COMP_CWORD=4; _qtwin"
    script = f'{bash}\n{ask}; echo "${{#COMPREPLY[@]}}"'
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "0\n"


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_every_command_and_option_is_in_every_script(
    shell: str, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["completion", shell])
    script = capsys.readouterr().out
    found = list(commands(command_line._parser()))
    assert len(found) > 40
    for one in found:
        for name, _ in one.verbs:
            assert name in script
        for option in one.options:
            assert option.names[-1].lstrip("-") in script


def test_each_command_is_found_where_the_list_says(capsys: pytest.CaptureFixture[str]) -> None:
    every = next(iter(commands(command_line._parser())))
    assert {name for name, _ in every.verbs} - {"completion"} == set(command_line.PLACES)
    for name in command_line.PLACES:
        with pytest.raises(SystemExit) as left:
            main([name, "--help"])
        assert left.value.code == 0
        assert f"qtwin {name}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "program"),
    [
        (
            ["serve", "--port", "8123"],
            "-m qtwin.config.start uvicorn qtwin.config.asgi:app",
        ),
        (["serve"], f"--timeout-keep-alive {KEEP_ALIVE_S} "),
        (["worker", "--queue", "io"], "start celery -A workers worker -Q io --pool prefork"),
        (["worker", "--sweeper"], "start workers.sweeper"),
    ],
)
def test_starters_become_the_programs_once_their_settings_are_there(
    words: list[str], program: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    became: list[list[str]] = []

    def execve(path: str, line: list[str], environment: dict[str, str]) -> None:
        assert environment["DJANGO_SETTINGS_MODULE"] == "qtwin.config.settings"
        became.append(line)
        raise SystemExit(0)

    monkeypatch.setattr(os, "execve", execve)
    with pytest.raises(SystemExit):
        main(words)
    assert program in " ".join(became[0])


@pytest.mark.parametrize("words", [["serve"], ["worker", "--sweeper"]])
def test_a_program_of_a_server_ends_with_a_sentence_about_each_wrong_setting(
    words: list[str],
) -> None:
    wrong = {"QTWIN_SECRET_KEY_FILE": "/tmp/none", "QTWIN_HTTPS": "on"}
    done = subprocess.run(
        [sys.executable, "-m", "qtwin.client.main", *words],
        env=os.environ | wrong,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        "qtwin: QTWIN_SECRET_KEY_FILE: No such file or directory: /tmp/none",
        "qtwin: QTWIN_HTTPS = 'on'; allowed: 0, 1",
    ]


def test_options_of_a_whole_server_are_refused_to_a_part_of_one_and_the_other_way_round(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for option in (["--once"], ["--nice", "0"]):
        assert main(["serve", *option]) == 2
        assert f"{option[0]}: goes with a whole server on this" in capsys.readouterr().err
    for name in OF_A_SERVER:
        monkeypatch.delenv(name)
    assert main(["serve", "--host", "0.0.0.0"]) == 2
    assert "--host: a whole server is for this machine only" in capsys.readouterr().err


def test_names_of_others_do_not_steer_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    row: Any = SourceRow(id="1", name="a\x1b[31m\tb\nc", role="", backend="", method="")
    out.rows(argparse.Namespace(as_json=False), [row], ("id", "name"))
    assert capsys.readouterr().out == "id\tname\n1\ta\ufffd[31m b c\n"


def test_nor_do_refusals(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse() -> None:
        raise UnknownName("allowed: \x1b]0;evil\x07")

    monkeypatch.setattr("qtwin.client.commands.project.client", refuse)
    assert main(["project", "ls"]) == 2
    assert capsys.readouterr().err == "qtwin: allowed: \ufffd]0;evil\ufffd\n"


def test_a_server_that_is_away_is_status_3(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("QTWIN_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("QTWIN_TOKEN", "qt_a.b")
    monkeypatch.setattr("qtwin.client.wire.drive.sleep", lambda seconds: None)
    assert main(["whoami"]) == 3
    assert "after 6 tries" in capsys.readouterr().err
