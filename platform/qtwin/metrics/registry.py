"""Where a process keeps its metrics. The one module that decides how prometheus-client keeps them.

A worker's tasks run in processes that it forks, and its parent answers for all of them: each writes
into files of its own, in a folder that they share (prometheus-client's multiprocess mode).
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

import prometheus_client.values
from prometheus_client import CollectorRegistry
from prometheus_client.multiprocess import MultiProcessCollector

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""Whoever starts several web processes on one port names a folder here that is empty then."""

REGISTRY = CollectorRegistry()
prometheus_client.disable_created_metrics()  # type: ignore[no-untyped-call]


def share_with_forks() -> None:
    """Before any fork and any metric: let the parent answer for its children."""
    if FOLDER in os.environ:
        return
    folder = tempfile.mkdtemp(prefix="qtwin-metrics-")
    os.environ[FOLDER] = folder
    shared = prometheus_client.values.MultiProcessValue()  # type: ignore[no-untyped-call]
    prometheus_client.values.ValueClass = shared
    atexit.register(_forget, folder, os.getpid())


def answering() -> CollectorRegistry:
    """What to read now: this process's metrics, or those of all that share its folder."""
    if FOLDER not in os.environ:
        return REGISTRY
    together = CollectorRegistry()
    MultiProcessCollector(together)  # type: ignore[no-untyped-call]
    return together


def _forget(folder: str, pid: int) -> None:
    if os.getpid() == pid:
        shutil.rmtree(folder, ignore_errors=True)
