"""A worker loads its steps before its pool forks, and no page and no engine."""

from __future__ import annotations

import os
import subprocess
import sys

PROBE = """
import sys
from celery.signals import worker_init
from workers.app import app
app.loader.import_default_modules()
worker_init.send(sender=None)
print("loaded", *sorted(sys.modules))
"""


def test_a_worker_loads_its_steps_before_it_forks_and_no_page() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROBE], stdout=subprocess.PIPE, text=True, env=os.environ, check=True
    )
    loaded = set(done.stdout.split())
    assert {"workers.turn", "workers.collect", "workers.fit", "workers.campaign"} <= loaded
    assert not loaded & {"qtwin.config.urls", "drf_spectacular.views", "qiskit", "pyscf", "braket"}
