"""A worker keeps its connection from task to task, and opens a broken one anew."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROBE = """
from celery.fixups.django import DjangoWorkerFixup
from celery.signals import task_postrun, task_prerun, worker_init
from workers.app import app

app.loader.import_default_modules()
worker_init.send(sender=None)
fixup = DjangoWorkerFixup(app).install()

from celery import shared_task
from django.db import connection

used = []


@shared_task
def look():
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    used.append(connection.connection)


def run():
    task_prerun.send(sender=look)
    look()
    task_postrun.send(sender=look)


run()
run()
assert used[0] is used[1] is connection.connection, "closed between tasks"
asked = []
connection.is_usable = lambda: asked.append(1) or True
run()
assert not asked, "asked a moment after it worked"
from workers import connections

connections._worked["at"] -= 2 * connections.RESTED_S
run()
assert asked, "not asked after a rest"
assert used.pop() is used.pop() is used[1]
connection.errors_occurred, connection.is_usable = True, lambda: False
run()
assert used[2] is not used[1], "a broken one is kept"
del connection.is_usable
connection.close_at = 0.0
run()
assert used[3] is not used[2], "an old one is kept"
print("kept")
"""


def test_a_connection_lasts_from_task_to_task_unless_it_breaks(tmp_path: Path) -> None:
    env = {**os.environ, "QTWIN_DATABASE": str(tmp_path / "empty.sqlite3")}
    done = subprocess.run(
        [sys.executable, "-c", PROBE],
        capture_output=True,
        text=True,
        env=env,
        check=False,
    )
    assert done.stdout == "kept\n", done.stderr


PREPARES = """
from celery.signals import worker_init
from workers.app import app

app.loader.import_default_modules()
worker_init.send(sender=None)
from django.db import connection

options = connection.settings_dict["OPTIONS"]
print(options["server_side_binding"], options["prepare_threshold"], options["sslmode"])
"""


@pytest.mark.parametrize(
    ("asked", "told"), [("", "True 3"), ("&prepare_threshold=none", "True None")]
)
def test_a_worker_prepares_statements_unless_the_address_forbids_it(asked: str, told: str) -> None:
    address = f"postgresql://ann@nowhere.invalid/q?sslmode=require{asked}"
    done = subprocess.run(
        [sys.executable, "-c", PREPARES],
        capture_output=True,
        text=True,
        env={**os.environ, "QTWIN_DATABASE": address},
        check=False,
    )
    assert done.stdout == f"{told} require\n", done.stderr
