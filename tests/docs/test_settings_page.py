"""docs/settings.md has every variable that the server and its clients read, with its default."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

from infra.docs.files import ROOT
from qtwin.config import environment, settings

PAGE = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"^\| `(QTWIN_\w+)` \| ([^|]+?) \| .*\|$", PAGE, re.MULTILINE))
NAME = re.compile(r"QTWIN_[A-Z]+(?:_[A-Z]+)*")


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Every variable that the settings ask for, with the default that they would take."""
    asked: dict[str, str] = {}
    text = environment.text

    def listening(name: str, default: str = "") -> str:
        asked[f"QTWIN_{name}"] = default
        return text(name, default)

    monkeypatch.setattr(environment, "text", listening)
    monkeypatch.setenv("QTWIN_SMTP_USER", "somebody")
    monkeypatch.setenv("QTWIN_OIDC_ISSUER", "https://login.example.org")
    monkeypatch.setenv("QTWIN_OIDC_CLIENT_SECRET_FILE", __file__)
    monkeypatch.setenv("QTWIN_SMTP_PASSWORD_FILE", __file__)
    monkeypatch.delenv("QTWIN_DATA_DIR")
    runpy.run_path(str(Path(str(settings.__file__))))
    return asked


def test_every_variable_of_the_server_is_there_with_its_default(read: dict[str, str]) -> None:
    assert set(ROWS) == set(read)
    shown = {name: default.replace(f"{ROOT}/", "") for name, default in read.items()}
    for name, written in ROWS.items():
        assert written in {f"`{shown[name]}`", "–" if not shown[name] else "", "needed"}, name
    assert {name for name, written in ROWS.items() if written == "needed"} == {
        "QTWIN_SECRET_KEY_FILE",
        "QTWIN_CREDENTIAL_KEY_FILE",
    }


def test_every_variable_that_the_code_names_is_there() -> None:
    files = [f for top in ("platform", "backends", "workers") for f in (ROOT / top).rglob("*.py")]
    named = {name for file in files for name in NAME.findall(file.read_text(encoding="utf-8"))}
    assert {name for name in named if f"`{name}`" not in PAGE} == set()
