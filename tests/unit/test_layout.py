"""`platform/` is a folder of sources, never a module: it would hide the standard library's."""

from __future__ import annotations

import platform
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("platform/qtwin", "backends", "workers", "infra")
BANNED_NAMES = {"utils", "helpers", "common", "misc"}


def test_the_standard_platform_module_wins() -> None:
    assert platform.__file__.startswith(sysconfig.get_path("stdlib"))


@pytest.mark.parametrize("flags", [["-c"], ["-I", "-c"]])
def test_it_wins_in_a_new_process_at_the_root_too(flags: list[str]) -> None:
    code = "import platform, qtwin; print(platform.__file__); print(platform.system())"
    done = subprocess.run(
        [sys.executable, *flags, code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith(sysconfig.get_path("stdlib"))


def test_the_platform_folder_holds_one_package_and_no_python_of_its_own() -> None:
    assert not list((ROOT / "platform").glob("*.py"))
    folders = {p.name for p in (ROOT / "platform").iterdir() if p.is_dir()}
    assert folders - {"__pycache__"} == {"qtwin"}


def test_nothing_patches_the_import_path() -> None:
    assert "sys.path" not in (ROOT / "manage.py").read_text(encoding="utf-8")


def sources() -> list[Path]:
    return [file for package in PACKAGES for file in (ROOT / package).rglob("*.py")]


def test_every_source_folder_is_a_package() -> None:
    folders = {file.parent for file in sources()}
    assert not [str(f) for f in folders if not (f / "__init__.py").exists()]


def test_no_module_has_a_name_that_says_nothing() -> None:
    named = [
        file for file in sources() if file.stem in BANNED_NAMES or file.parent.name in BANNED_NAMES
    ]
    assert not named


def test_files_stay_readable() -> None:
    long = [file for file in sources() if len(file.read_text(encoding="utf-8").splitlines()) > 300]
    assert not [f for f in long if "migrations" not in f.parts]
