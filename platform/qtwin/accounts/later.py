"""What happens after an answer, so that how long the answer took says nothing of it.

`settings.RUN_LATER` names one of the two, the way ``EMAIL_BACKEND`` works.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from django.conf import settings
from django.db import connections
from django.utils.module_loading import import_string

Task = Callable[[], None]
log = logging.getLogger(__name__)


def run_later(task: Task) -> None:
    """Do it soon; it is lost if the process ends before."""
    runner: Callable[[Task], None] = import_string(settings.RUN_LATER)
    runner(task)


def in_a_thread(task: Task) -> None:
    _pool().submit(_ended, task)


def at_once(task: Task) -> None:
    """For tests."""
    task()


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="later")


def _ended(task: Task) -> None:
    try:
        task()
    except Exception:
        log.exception("what was left for later failed")
    finally:
        connections.close_all()
