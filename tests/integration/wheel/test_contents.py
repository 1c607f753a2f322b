"""What a wheel brings along: all that runs, and the pages and assets that are read then."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest

import qtwin
from infra.dev.options import ROOT

FOLDERS = {
    "platform/qtwin": "qtwin",
    "backends": "backends",
    "workers": "workers",
    "frontend/templates": "qtwin/frontend/templates",
    "frontend/static": "qtwin/frontend/static",
    "docs": "qtwin/docs",
}
"""Folders of the repository, and where a wheel has them."""
LEFT_OUT = {"docs/images"}


def tracked(folder: str) -> Iterator[str]:
    """Paths below a folder, without what programs leave there."""
    for path in sorted((ROOT / folder).rglob("*")):
        name = path.relative_to(ROOT).as_posix()
        left_out = any(name.startswith(f"{folder}/") for folder in LEFT_OUT)
        if path.is_file() and "__pycache__" not in path.parts and not left_out:
            yield name


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ZipFile]:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (path,) = folder.iterdir()
    assert path.name == f"qtwin-{qtwin.__version__}-py3-none-any.whl"
    with ZipFile(path) as file:
        yield file


def test_every_file_that_runs_or_is_read_is_in_the_wheel_and_nothing_else(wheel: ZipFile) -> None:
    wanted = {
        into + name.removeprefix(folder)
        for folder, into in FOLDERS.items()
        for name in tracked(folder)
    }
    found = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert found == wanted
    assert {"qtwin/docs/openapi.yaml", "qtwin/frontend/static/qtwin/qtwin.css.gz"} <= found


def test_version_and_changelog_are_those_of_the_package(wheel: ZipFile) -> None:
    info = f"qtwin-{qtwin.__version__}.dist-info"
    metadata = wheel.read(f"{info}/METADATA").decode().splitlines()
    assert f"Version: {qtwin.__version__}" in metadata
    assert b"qtwin-admin = qtwin.config.admin:main" in wheel.read(f"{info}/entry_points.txt")
    newest = next(
        line
        for line in Path(ROOT / "docs" / "changelog.md").read_text(encoding="utf-8").splitlines()
        if line.startswith("## ")
    )
    assert newest.split()[1] == qtwin.__version__
