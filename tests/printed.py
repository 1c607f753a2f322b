"""What a module of tests prints that runs in a process of its own, which loads Django for it."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from infra.dev.options import ROOT


def printed_by(module: str, *arguments: str, timeout_s: float) -> Any:
    """The JSON document on the last line that ``python -m module`` prints."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=timeout_s,
    )
    assert not done.returncode, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])
