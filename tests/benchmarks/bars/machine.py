"""Where and with what a run was made."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import psutil

from infra.dev.options import ROOT
from tests.benchmarks.twin.external import interpreter

PACKAGES = (
    *("numpy", "scipy", "qiskit", "qiskit-aer", "pyscf", "scikit-learn", "qutip"),
    *("celery", "redis", "django", "djangorestframework"),
)
LIBRARIES = ("smt", "botorch", "gpytorch", "torch", "scikit-learn")
_ASK = f"""
import json, platform
from importlib.metadata import version
found = {{name: version(name) for name in {LIBRARIES}}}
print(json.dumps({{"python": platform.python_version(), **found}}))
"""


def versions() -> dict[str, str]:
    """Of Python and of whatever is compared; libraries of ``.venv-bench`` have that prefix."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "absent"
    return found | _of_libraries()


def _of_libraries() -> dict[str, str]:
    python = interpreter()
    if not python.exists():
        return {"smt, botorch": "absent (make bench-libraries)"}
    done = subprocess.run(
        [python, "-c", _ASK], capture_output=True, text=True, check=True, timeout=60
    )
    return {f"bench {name}": number for name, number in json.loads(done.stdout).items()}


def machine() -> dict[str, Any]:
    """Processor, cores that this process may use, memory in GiB, and load."""
    return {
        "cpu": _processor(),
        "cores": len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "system": f"{platform.system()} {platform.release()}",
        "load": [round(one, 2) for one in os.getloadavg()],
    }


def _processor() -> str:
    listed = Path("/proc/cpuinfo")
    lines = listed.read_text().splitlines() if listed.exists() else []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor() or platform.machine())


def commit() -> str:
    """Of the source tree, with a ``+`` when it was changed since; empty outside of a repository."""
    head = _git("rev-parse", "--short=12", "HEAD")
    return head + ("+" if head and _git("status", "--porcelain") else "")


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(
            ["git", "-C", str(ROOT), *arguments], capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        return ""
    return done.stdout.strip() if not done.returncode else ""
