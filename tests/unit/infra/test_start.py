"""Before anything starts: options, the data folder, its keys, the port, one clear sentence."""

from __future__ import annotations

import base64
import os
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.dev.options import ROOT, parse
from infra.pip_settings import for_uv, pip_settings
from qtwin.serve import broker, folder, port
from qtwin.serve.errors import CannotStart


@pytest.fixture
def busy_port() -> Iterator[int]:
    with socket.socket() as plug:
        plug.bind((port.HOST, 0))
        plug.listen()
        yield plug.getsockname()[1]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "infra.dev", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_the_defaults_are_a_stack_that_stays_up_on_port_8000() -> None:
    given = parse([])
    assert (given.once, given.as_json, given.port) == (False, False, 8000)
    assert given.data_dir == ROOT / ".qtwin"
    assert given.workers >= 2


def test_once_takes_any_free_port_unless_one_is_named() -> None:
    assert parse(["--once"]).port is None
    assert parse(["--once", "--port", "8123"]).port == 8123


@pytest.mark.parametrize(
    "arguments", [["--port", "0"], ["--port", "x"], ["--workers", "0"], ["--json"], ["--what"]]
)
def test_wrong_options_end_with_status_2(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        parse(arguments)
    assert ended.value.code == 2
    assert "error: " in capsys.readouterr().err


def test_keys_are_made_once_and_only_their_owner_can_read_them(tmp_path: Path) -> None:
    folder.prepare(tmp_path / "data")
    keys = {name: (tmp_path / "data" / name) for name in folder.KEYS}
    before = {name: path.read_bytes() for name, path in keys.items()}
    folder.prepare(tmp_path / "data")
    for name, path in keys.items():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert len(base64.urlsafe_b64decode(before[name])) == folder.KEYS[name]
        assert path.read_bytes() == before[name]
    assert before["secret_key"] != before["credential_key"]


def test_secrets_reach_the_children_by_file_path_only(tmp_path: Path) -> None:
    folder.prepare(tmp_path)
    env = folder.environment(tmp_path, "redis://nowhere")
    assert Path(env["QTWIN_SECRET_KEY_FILE"]).read_text() not in env.values()
    assert env["QTWIN_BROKER_URL"] == "redis://nowhere"


def test_a_second_runner_on_the_same_folder_is_told_so(tmp_path: Path) -> None:
    with folder.owned(tmp_path):
        again = run("--once", "--data-dir", str(tmp_path))
    assert again.returncode == 2
    assert again.stderr.startswith("QTwin is already running on ")
    assert again.stderr.count("\n") == 1


def test_an_unwritable_folder_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()  # a file in the way: permissions do not bind root
    done = run("--once", "--data-dir", str(tmp_path / "file" / "data"))
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("Cannot write to the data folder ")
    assert done.stderr.count("\n") == 1


def test_a_busy_port_is_one_sentence_that_names_a_free_one(tmp_path: Path, busy_port: int) -> None:
    done = run("--port", str(busy_port), "--data-dir", str(tmp_path))
    assert done.returncode == 2
    assert done.stderr.startswith(f"Port {busy_port} is busy. Choose another with --port, such as ")
    assert done.stderr.count("\n") == 1


def test_any_free_port_can_be_bound() -> None:
    with socket.socket() as plug:
        plug.bind((port.HOST, port.choose(None)))


def test_a_broker_that_does_not_answer_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDIS_URL", f"redis://127.0.0.1:{port.free()}/0")
    with pytest.raises(CannotStart, match=r"\$REDIS_URL"):
        broker.find(tmp_path)


def test_a_long_folder_gets_a_short_socket_path_that_stays_the_same(tmp_path: Path) -> None:
    long = tmp_path / ("x" * 100)
    path = broker.socket_path(long)
    assert len(os.fsencode(path)) <= broker.SOCKET_PATH_BYTES
    assert broker.socket_path(long) == path
    assert broker.socket_path(long / "y") != path
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    path.parent.rmdir()
    broker.socket_path(long / "y").parent.rmdir()


def test_pips_settings_reach_uv(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("UV_INDEX", "UV_FIND_LINKS", "UV_DEFAULT_INDEX", "UV_INDEX_STRATEGY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SSL_CERT_FILE", "mine.pem")
    listing = (
        ":env:.find-links='/a /b'\nglobal.find-links='/c'\nglobal.cert='theirs.pem'\n"
        "global.extra-index-url='https://one.example/simple https://two.example/simple'\n"
        "global.index-url='https://main.example/simple'\n"
    )
    assert for_uv(pip_settings(listing)) == {
        "UV_FIND_LINKS": "/a,/b",
        "UV_INDEX": "https://one.example/simple https://two.example/simple",
        "UV_DEFAULT_INDEX": "https://main.example/simple",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
    }
