"""Asks the libraries' models, which live in an environment of their own.

One process per worker answers one line of JSON with another, so PyTorch is loaded once.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from qtwin.fusion.base import FloatArray, IntArray, Observations
from qtwin.fusion.evidence.sites import unit_cube
from tests.benchmarks.twin.case import Absent, Case
from tests.benchmarks.twin.scores import Belief

VARIABLE = "QTWIN_BENCH_PYTHON"
_SERVER = Path(__file__).with_name("baselines.py")
_QUANTILE = 1.959963984540054
_MOST = 400


def interpreter() -> Path:
    """Python with the libraries: the variable's, else that of ``make bench-libraries``."""
    default = Path(__file__).parents[3] / ".venv-bench" / "bin" / "python"
    return Path(os.environ.get(VARIABLE, str(default)))


def ask(method: str, case: Case) -> tuple[Belief, float]:
    """Fit and predict by a library; its belief and its CPU seconds.

    Raises:
        Absent: The libraries are not installed, or their cubic cost forbids the case.
        RuntimeError: The library failed.
    """
    data = case.observations
    if len(data.y) > _MOST:
        raise Absent(f"{len(data.y)} measurements are too many for the libraries")
    answer = _exchange({"method": method, **_document(data, case.test_x)})
    if "error" in answer:
        raise RuntimeError(f"{method}: {answer['error']}")
    mean, std = np.array(answer["mean"]), np.sqrt(np.array(answer["var"]))
    reach = _QUANTILE * std
    return Belief(mean=mean, std=std, lower=mean - reach, upper=mean + reach), answer["cpu_s"]


def _document(data: Observations, test_x: FloatArray) -> dict[str, Any]:
    return {
        "x": unit_cube(data.x, data.bounds).tolist(),
        "y": data.y.tolist(),
        "var": (data.std**2).tolist(),
        "level": _levels(data).tolist(),
        "test_x": unit_cube(test_x, data.bounds).tolist(),
    }


def _levels(data: Observations) -> IntArray:
    """0 is the reference, then the order of the design; each noise gain is a level of its own."""
    key = np.column_stack([data.source, np.nan_to_num(data.gain, nan=1.0)])
    levels: IntArray = np.unique(key, axis=0, return_inverse=True)[1].ravel()
    return levels


def _exchange(request: dict[str, Any]) -> dict[str, Any]:
    server = _server()
    assert server.stdin is not None
    assert server.stdout is not None
    server.stdin.write(json.dumps(request) + "\n")
    server.stdin.flush()
    line = server.stdout.readline()
    if not line:
        _server.cache_clear()
        return {"error": f"its process ended with status {server.wait()}"}
    answer: dict[str, Any] = json.loads(line)
    return answer


@cache
def _server() -> subprocess.Popen[str]:
    python = interpreter()
    if not python.exists():
        raise Absent("the libraries are not installed; `make bench-libraries` does it")
    return subprocess.Popen(
        [str(python), str(_SERVER)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=sys.stderr if os.environ.get("QTWIN_BENCH_VERBOSE") else subprocess.DEVNULL,
        text=True,
    )
