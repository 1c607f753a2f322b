"""Dependencies are pinned by hash and nothing is installed otherwise."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
ENTRIES = re.split(r"\n(?=[a-z0-9])", re.sub(r"^#.*\n", "", LOCK, flags=re.MULTILINE).strip())


def test_every_entry_is_one_version_with_its_hashes() -> None:
    assert len(ENTRIES) > 100
    bad = [
        one.splitlines()[0]
        for one in ENTRIES
        if not re.match(r"[a-z0-9.-]+==\S+", one) or "--hash=sha256:" not in one
    ]
    assert bad == []


def test_the_lock_names_no_address() -> None:
    assert "://" not in re.sub(r"^#.*\n", "", LOCK, flags=re.MULTILINE)
    assert "--index-url" not in LOCK


PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LOCKED = {one.partition("==")[0] for one in ENTRIES}
NOT_INSTALLED = {"rl"}  # brings PyTorch, gigabytes: docs/worlds.md names it


def _names(wanted: Iterable[str]) -> set[str]:
    return {re.split(r"[^A-Za-z0-9._-]", one)[0].lower().replace("_", "-") for one in wanted}


def test_whatever_the_project_needs_is_in_the_lock() -> None:
    extras = PROJECT["optional-dependencies"]
    installed = [wanted for name, wanted in extras.items() if name not in NOT_INSTALLED]
    assert _names([*PROJECT["dependencies"], *chain(*installed)]) - LOCKED - {"qtwin"} == set()


def test_what_the_lock_leaves_out_is_no_part_of_what_setup_installs() -> None:
    (everything,) = PROJECT["optional-dependencies"]["all"]
    chosen = set(everything.removeprefix("qtwin[").removesuffix("]").split(","))
    assert chosen.isdisjoint(NOT_INSTALLED)
    for name in NOT_INSTALLED:
        assert _names(PROJECT["optional-dependencies"][name]).isdisjoint(LOCKED)


def test_the_installer_takes_hashes_only() -> None:
    setup = (ROOT / "infra" / "setup.sh").read_text(encoding="utf-8")
    installs = [
        line
        for line in setup.replace("\\\n", " ").splitlines()
        if re.search(r"pip (install|sync)", line)
    ]
    assert installs
    assert not [line for line in installs if "--require-hashes" not in line and not _is_ours(line)]


def _is_ours(line: str) -> bool:
    """This package itself, from its folder and with nothing else."""
    return "--no-deps" in line and " -e ." in line
