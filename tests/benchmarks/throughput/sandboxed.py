"""``celery -A tests.benchmarks.throughput.sandboxed``: the worker as it is, and what times it."""

from __future__ import annotations

from pathlib import Path

from celery import shared_task

from workers.app import app

__all__ = ["app"]


@shared_task(name="bench.nothing")
def nothing() -> None:
    """What Celery itself takes for a message."""


@shared_task(name="bench.mark")
def mark(path: str) -> None:
    """Say that everything sent before has been taken."""
    Path(path).touch()
