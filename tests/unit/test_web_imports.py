"""The web process stays light: it imports no engine, and numpy when it first computes."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

PROBE = """
import sys
import qtwin.config.asgi
from django.urls import get_resolver
get_resolver().url_patterns
from django.test import Client
Client().get("/api/v1/health/live")
if "numpy.dtypes" not in sys.modules:
    print("answered")
Client().get("/api/v1/schema")
import qtwin.jobs.services, qtwin.projects.services, qtwin.training.services, qtwin.web.views
print("loaded", *sorted(sys.modules))
"""
HEAVY = {"fido2", "jwt", "qrcode"}
TRAINED = {"gymnasium", "cma", "sklearn", "torch"}
ENGINES = {"qiskit", "qiskit_aer", "qiskit_ibm_runtime", "braket", "cirq", "pyscf", "openqasm3"}


@pytest.fixture(scope="module")
def words() -> list[str]:
    """What the probe prints, word by word."""
    done = subprocess.run(
        [sys.executable, "-c", PROBE], capture_output=True, text=True, env=os.environ, check=True
    )
    return done.stdout.split()


def test_the_web_process_imports_no_engine_and_no_scipy(words: list[str]) -> None:
    loaded = words[words.index("loaded") :]
    assert not {word.split(".")[0] for word in loaded} & (
        ENGINES | HEAVY | TRAINED | {"scipy", "celery"}
    )


def test_the_web_process_answers_without_numpy(words: list[str]) -> None:
    assert words[0] == "answered", "numpy was imported before anything was computed"
