"""The circuit of docs/own-circuit.md is evaluated as the page says, and its best cut is 3."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs import sessions
from tests.docs.fences import blocks


def test_the_sessions_are_what_happens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for session in blocks("own-circuit.md", "console"):
        sessions.play(session, tmp_path, capsys)
