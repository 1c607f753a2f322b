"""The web process stays light: it imports no engine."""

from __future__ import annotations

import os
import subprocess
import sys

PROBE = """
import sys
import qtwin.config.asgi
from django.urls import get_resolver
get_resolver().url_patterns
from django.test import Client
Client().get("/api/v1/schema")
import qtwin.jobs.services, qtwin.projects.services, qtwin.training.services, qtwin.web.views
print("loaded", *sorted(sys.modules))
"""
HEAVY = {"fido2", "jwt", "qrcode"}
TRAINED = {"gymnasium", "cma", "sklearn", "torch"}
ENGINES = {"qiskit", "qiskit_aer", "qiskit_ibm_runtime", "braket", "cirq", "pyscf", "openqasm3"}


def test_the_web_process_imports_no_engine_and_no_scipy() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROBE], capture_output=True, text=True, env=os.environ, check=True
    )
    words = done.stdout.split()
    assert words[0] == "loaded"
    assert not {word.split(".")[0] for word in words} & (
        ENGINES | HEAVY | TRAINED | {"scipy", "celery"}
    )
