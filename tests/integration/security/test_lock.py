"""Dependencies are pinned by hash and nothing is installed otherwise."""

from __future__ import annotations

import re
import tomllib
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


def test_whatever_the_project_needs_is_in_the_lock() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *chain(*project["optional-dependencies"].values())]
    names = {re.split(r"[^A-Za-z0-9._-]", one)[0].lower().replace("_", "-") for one in wanted}
    locked = {one.partition("==")[0] for one in ENTRIES}
    assert names - locked - {"qtwin"} == set()


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
