"""Fits of the command line use one thread of linear algebra, unless somebody asks for more."""

import os
import subprocess
import sys

import pytest

CODE = """
import os, sys
from qtwin.client.main import main
status = main(sys.argv[1:])
print(status, os.environ.get("OPENBLAS_NUM_THREADS"))
"""


@pytest.mark.parametrize(
    "command",
    [
        ["fuse", "no.csv", "--spec", "no.json", "--at", "no.csv"],
        ["plan", "no.csv", "--spec", "no.json", "--budget", "1"],
    ],
)
@pytest.mark.parametrize(("asked", "used"), [({}, "1"), ({"OPENBLAS_NUM_THREADS": "3"}, "3")])
def test_a_fit_uses_one_thread(command: list[str], asked: dict[str, str], used: str) -> None:
    plain = {k: v for k, v in os.environ.items() if not k.endswith("_NUM_THREADS")}
    done = subprocess.run(
        [sys.executable, "-c", CODE, *command],
        env={**plain, **asked},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["2", used]
