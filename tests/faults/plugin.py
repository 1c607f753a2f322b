"""Backends of the tests, installed as another distribution would install them: by entry points."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from backends.registry import ENTRY_POINT_GROUP


def install(folder: Path, backends: Mapping[str, str]) -> Path:
    """Write a distribution that registers backends, name to "module:Class".

    Returns:
        The folder that belongs on ``PYTHONPATH``.
    """
    info = folder / "qtwin_test_backends-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: qtwin-test-backends\n")
    points = "\n".join(f"{name} = {target}" for name, target in backends.items())
    (info / "entry_points.txt").write_text(f"[{ENTRY_POINT_GROUP}]\n{points}\n")
    return folder
