"""What is measured and killed outside of pytest's process is as a server would run it."""

from __future__ import annotations

import subprocess
import sys

from infra.dev.options import ROOT

PROBE = """
from tests.faults.embedded import embedded

with embedded("sqlite", backends={}):
    from django.conf import settings

    print(settings.JOB_DISPATCHER, settings.TWIN_DISPATCHER)
"""


def test_hints_are_given_although_none_are_in_the_process_that_starts_it() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROBE], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stdout == "workers.dispatch.advance workers.dispatch.assimilate\n", done.stderr
