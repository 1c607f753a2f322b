"""Which extras a backend lacks."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from backends import installed, registry

ROOT = Path(__file__).resolve().parents[3]


def test_every_backend_that_needs_an_extra_names_one_of_ours() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    needed = {extra for needs in installed.NEEDS.values() for extra, _ in needs}
    assert needed <= set(extras)
    assert set(installed.NEEDS) == set(registry.BUILTIN) - {"exact", "replay"}


def test_what_is_not_installed_is_named_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installed, "_there", lambda package: package == "braket")
    assert installed.missing("zne+fake-ibm") == ("ibm",)
    assert installed.missing("braket-dm") == ()
    assert installed.missing("exact") == ()
