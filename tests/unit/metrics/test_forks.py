"""A worker's parent answers for the processes that it forked, the dead ones too."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

CODE = """
import os
from qtwin.metrics.registry import share_with_forks
share_with_forks()
from qtwin.metrics.page import page
from qtwin.metrics.work import TASK_SECONDS, WORKER_BEAT
WORKER_BEAT.set(7.0)
for child in range(3):
    pid = os.fork()
    if pid == 0:
        TASK_SECONDS.observe(0.2, task="advance")
        os._exit(0)
    os.waitpid(pid, 0)
print(page().decode())
print("folder", os.environ["PROMETHEUS_MULTIPROC_DIR"])
"""


def test_the_parent_tells_what_its_children_timed_and_leaves_no_files() -> None:
    done = subprocess.run(
        [sys.executable, "-c", CODE],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"QTWIN_METRICS_PORT": "9000"},
    )
    assert 'qtwin_task_seconds_count{task="advance"} 3.0' in done.stdout
    assert "qtwin_worker_beat_timestamp_seconds 7.0" in done.stdout
    folder = done.stdout.split("folder ")[1].strip()
    assert not Path(folder).exists()
