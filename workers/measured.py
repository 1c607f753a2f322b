"""Times the tasks of a worker, and serves its metrics."""

from __future__ import annotations

import time
from contextvars import ContextVar
from typing import Any

from celery.signals import task_failure, task_postrun, task_prerun, worker_init, worker_ready

from qtwin.metrics.metric import wanted
from qtwin.metrics.work import TASK_FAILURES, TASK_SECONDS

BEGAN: ContextVar[float] = ContextVar("qtwin_task_began", default=0.0)


def listen() -> None:
    """Be told by Celery from now on."""
    worker_init.connect(_share)
    worker_ready.connect(_serve)
    task_prerun.connect(_begin)
    task_postrun.connect(_end)
    task_failure.connect(_fail)


def _share(**_: Any) -> None:
    """Before the pool forks."""
    if wanted():
        from qtwin.metrics.registry import share_with_forks

        share_with_forks()


def _serve(**_: Any) -> None:
    """After it: a fork has no threads of its parent."""
    if wanted():
        from qtwin.metrics.exporter import export

        export()


def _begin(**_: Any) -> None:
    BEGAN.set(time.monotonic())


def _end(task: Any = None, **_: Any) -> None:
    TASK_SECONDS.observe(time.monotonic() - BEGAN.get(), task=_short(task))


def _fail(sender: Any = None, exception: BaseException | None = None, **_: Any) -> None:
    TASK_FAILURES.count(task=_short(sender), error=type(exception).__name__)


def _short(task: Any) -> str:
    return str(getattr(task, "name", "")).removeprefix("workers.")
