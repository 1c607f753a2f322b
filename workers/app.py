"""The Celery application.

The database is the truth and the broker carries only hints: a message holds an id and nothing else,
no task waits, and nothing depends on acknowledgements, countdowns or results.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any

from celery import Celery
from celery.signals import worker_init

from qtwin.fusion.threads import ONE_THREAD
from qtwin.settled import settle
from workers import connections, measured
from workers.beat import BeatStep

os.environ.update(ONE_THREAD)  # a twin version is rebuilt bit for bit only so
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qtwin.config.settings")
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")  # they load all pages; `make check` runs them

STEPS = (
    *("turn", "fit", "campaign", "reconcile", "archive", "credential_test", "preview", "webhook"),
    *("training", "retention"),
)
"""Modules of `workers` that tasks import when they run, for they need the app registry."""


def _broker_url() -> str:
    from django.conf import settings

    return str(settings.BROKER_URL)


app = Celery("qtwin", include=["workers.tasks"], set_as_current=True)
app.conf.update(
    broker_url=_broker_url(),
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    broker_transport_options={
        "socket_timeout": 5,
        "socket_connect_timeout": 2,
        "retry_on_timeout": False,
        # Publishing to a dead broker must fail at once: a hint is never worth waiting for.
        "max_retries": 1,
        "interval_start": 0,
        "interval_step": 0,
        "interval_max": 0,
        "visibility_timeout": 3600,
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
    },
    accept_content=["json"],
    task_serializer="json",
    task_default_queue="jobs",
    task_ignore_result=True,
    task_acks_late=False,
    task_publish_retry=False,
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    worker_send_task_events=False,
    CELERY_DB_REUSE_MAX=connections.TASKS,
)

app.steps["consumer"].add(BeatStep)
measured.listen()


@worker_init.connect
def _load_steps(**_: Any) -> None:
    """Before the pool forks: each of its processes would load them again."""
    import django

    django.setup()
    for name in STEPS:
        import_module(f"workers.{name}")
    settle()
