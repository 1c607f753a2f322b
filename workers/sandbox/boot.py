"""Starts the zygote as a file: ``python workers/sandbox/boot.py CONFIG``.

Importing the package `workers` in the usual way loads Celery and the settings of the platform,
with its secrets. The zygote takes the package as a bare folder and sees neither. It looks for code
where its parent does, so that both know the same backends, installed or not.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import ModuleType


def main() -> None:
    sys.path[:] = json.loads(sys.argv[1])["path"]
    package = ModuleType("workers")
    package.__path__ = [str(Path(__file__).resolve().parents[1])]
    sys.modules["workers"] = package
    from workers.sandbox import server

    server.main()


if __name__ == "__main__":
    main()
