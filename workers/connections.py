"""A worker's connection to the database, which it keeps from task to task.

Celery would close it before and after each task. To open one costs more than most steps take, and
what the database has prepared for it is lost with it: PostgreSQL plans what a step asks once, which
halves its work for a job. (A page's questions are planned each time, for their values decide how.)
"""

from __future__ import annotations

import time
from typing import Any

from celery.signals import task_prerun, worker_init

KEPT_S = 600.0
TASKS = 1000
"""After so many tasks Celery closes it nevertheless."""
RESTED_S = 1.0
"""A connection that worked a moment ago is not asked whether it does."""
_worked = {"at": float("-inf")}
PREPARED = {"server_side_binding": True, "prepare_threshold": 3}
"""From the third time on that a connection is asked the same. An address may say otherwise."""


@worker_init.connect
def _keep(**_: Any) -> None:
    """Before the pool forks. One that does not answer any more is opened anew."""
    from django.db import connections

    for settings in connections.settings.values():
        settings |= {"CONN_MAX_AGE": KEPT_S, "CONN_HEALTH_CHECKS": True}
        if settings["ENGINE"].endswith("postgresql"):
            settings["OPTIONS"] = PREPARED | settings["OPTIONS"]


@task_prerun.connect
def _look(**_: Any) -> None:
    """Close what broke or is old; Django asks what rested for a while whether it works."""
    from django.db import connections

    now = time.monotonic()
    rested, _worked["at"] = now - _worked["at"] > RESTED_S, now
    for connection in connections.all(initialized_only=True):
        connection.close_if_unusable_or_obsolete()
        connection.health_check_done = not rested  # type: ignore[attr-defined]  # stubs lack it
