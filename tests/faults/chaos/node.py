"""``celery -A tests.faults.chaos.node``: the worker, dangerous between any two of its steps."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from celery.signals import celeryd_init, worker_process_init
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from tests.faults.chaos import mutants, points
from workers.app import app

__all__ = ["app"]

for name in ("httpcore", "cffi.cparser"):
    import_module(name)  # each process that a pool forks would load them itself

CHAOS = "QTWIN_CHAOS"
SLEEPY = "node-a"
WRITES = ("INSERT", "UPDATE", "DELETE")


def _around_writes(
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    verb = sql[:6].upper()
    if verb not in WRITES:
        return execute(sql, params, many, context)
    table = sql.split('"')[1]
    points.point(f"before {verb} {table}")
    answer = execute(sql, params, many, context)
    committed = not context["connection"].in_atomic_block
    points.point(f"after {verb} {table}", may_pause=committed)
    return answer


def _watch(connection: BaseDatabaseWrapper, **_: Any) -> None:
    if _around_writes not in connection.execute_wrappers:
        connection.execute_wrappers.append(_around_writes)


def _dangerous_commits() -> None:
    commit = BaseDatabaseWrapper.commit

    def dangerous(self: BaseDatabaseWrapper) -> None:
        points.point("before COMMIT")
        commit(self)
        points.point("after COMMIT", may_pause=True)

    BaseDatabaseWrapper.commit = dangerous  # type: ignore[method-assign]  # that is the chaos


def _arm(document: dict[str, Any]) -> None:
    dice = points.Dice(
        crash=document["crash"],
        pause=document["pause"],
        sleep=document["sleep"],
        sleep_at=document["sleep_at"],
        seed=document["seed"],
        log=Path(document["log"]),
        calm=Path(document["calm"]),
    )
    connection_created.connect(_watch, weak=False)
    _dangerous_commits()
    points.arm(dice)


DOCUMENT: dict[str, Any] = json.loads(os.environ[CHAOS])

_arm(DOCUMENT)


@celeryd_init.connect
def _stay_awake(sender: str, **_: Any) -> None:
    """Only one node stands still now and then, so that another can take its jobs over."""
    if not sender.startswith(SLEEPY):
        for dice in points.armed:
            dice.pause = dice.sleep = 0.0


@worker_process_init.connect
def _mutate(**_: Any) -> None:
    mutants.become(DOCUMENT["mutant"])
