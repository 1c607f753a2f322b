"""Folders that come along: beside the package in a checkout, inside it in a wheel."""

from __future__ import annotations

from pathlib import Path
from typing import Final

_PACKAGE: Final = Path(__file__).resolve().parent


def checkout() -> Path | None:
    """The root of the checkout that this runs from; None where it is installed from a wheel."""
    root = _PACKAGE.parents[1]
    return root if (root / "pyproject.toml").is_file() else None


def shipped(name: str) -> Path:
    """The folder ``name`` of the repository, such as ``frontend`` or ``docs``."""
    return (checkout() or _PACKAGE) / name
