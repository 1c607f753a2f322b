"""The worked example of docs/fuse.md does what the page says."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import numpy as np
import pytest

from qtwin.client.main import main
from tests.docs.fences import blocks

DOCS = Path(__file__).resolve().parents[3] / "docs"
PAGE = (DOCS / "fuse.md").read_text(encoding="utf-8")
H2 = DOCS / "examples" / "h2"


@pytest.fixture
def printed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> str:
    """What the command of the page prints."""
    (session,) = blocks("fuse.md", "console")
    line = re.search(r"^\$ qtwin (fuse .*)$", session, re.MULTILINE)
    assert line is not None
    monkeypatch.chdir(H2)
    words = [w if w != "h2.svg" else str(tmp_path / w) for w in shlex.split(line[1])]
    assert main(words) == 0
    return capsys.readouterr().out


def numbers(text: str) -> np.ndarray:
    """The table of predictions in a text, shape ``(M, 5)``."""
    lines = re.findall(r"^(\d\S*(?:  +-?\d\S*){4})  +\w+$", text, re.MULTILINE)
    return np.array([line.split() for line in lines], dtype=np.float64)


def test_the_page_shows_what_is_printed(printed: str) -> None:
    shown, now = numbers(PAGE), numbers(printed)
    assert shown.shape == now.shape == (7, 5)
    assert np.all(np.abs(shown[:, 1] - now[:, 1]) < now[:, 2])  # each version of the model moves it
    assert "calibrated (student-t, nu = 4)" in printed


def test_the_intervals_hold_the_exact_energies(
    printed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    now = numbers(printed)
    at = "r=" + ",".join(map(str, now[:, 0].tolist()))
    line = ["evaluate", str(H2 / "system.json"), "--method", "fci", "--backend", "pyscf"]
    assert main([*line, "--at", at, "--json"]) == 0
    exact = np.array([row["value"] for row in json.loads(capsys.readouterr().out)["results"]])
    assert np.all((now[:, 3] < exact) & (exact < now[:, 4]))
    assert np.sqrt(np.mean((now[:, 1] - exact) ** 2)) < 0.002  # of MP2 it is 0.047


def test_the_page_shows_the_spec_and_all_columns() -> None:
    (block,) = blocks("fuse.md", "json")
    assert json.loads(block) == json.loads((H2 / "spec.json").read_text())
    shown = blocks("fuse.md", "csv")[0].splitlines()
    assert set(shown) - {"…"} <= set((H2 / "data.csv").read_text().splitlines())
