"""Nobody who reads or writes waits for a migration while somebody is in a long transaction."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from infra.dev.options import ROOT

pytestmark = pytest.mark.slow


def test_others_read_and_write_while_migrations_run() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.upgrade.readers"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert not done.returncode, done.stderr[-3000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["refused"] == []
    assert found["migrations"], "nothing was migrated"
    assert min(found["reads"], found["writes"]) > 10
