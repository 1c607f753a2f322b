"""The version of this SDK."""

from __future__ import annotations

from functools import cache


@cache
def version() -> str:
    from importlib import metadata  # takes longer to import than the rest of the SDK

    try:
        return metadata.version("qtwin")
    except metadata.PackageNotFoundError:
        return "unknown"
