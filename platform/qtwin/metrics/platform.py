"""What the database knows, as metrics: every web process tells the same.

Each group is a few short queries that an index serves, whatever the number of jobs; it is read
again after some seconds, whoever asks how often. Without the database the rest is still told.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from django.db import DatabaseError, connection
from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from qtwin.metrics.known import jobs, money, parts, queues, twins, webhooks
from qtwin.metrics.known.family import Family

log = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class Group:
    """Metrics that are read together.

    Attributes:
        every_s: How old what is told may be.
    """

    families: tuple[Family, ...]
    read: Callable[[], Iterable[Metric]]
    every_s: float
    _told: list[Metric] = field(default_factory=list)
    _at: float = -1e9

    def told(self) -> list[Metric]:
        """What was read lately, else what is read now; nothing while the database is away."""
        now = time.monotonic()
        if now - self._at > self.every_s:
            self._told = []
            self._told = list(self.read())
            self._at = now
        return self._told


def groups() -> tuple[Group, ...]:
    """All of them, with nothing read yet."""
    return (
        Group(families=(parts.PART, parts.BUILD), read=parts.read, every_s=5.0),
        Group(families=queues.FAMILIES, read=queues.read, every_s=5.0),
        Group(families=jobs.FAMILIES, read=jobs.read, every_s=5.0),
        Group(families=money.FAMILIES, read=money.read, every_s=10.0),
        Group(families=webhooks.FAMILIES, read=webhooks.read, every_s=10.0),
        Group(families=twins.FAMILIES, read=twins.read, every_s=60.0),
    )


class Platform(Collector):
    """For a registry of prometheus-client. Several askers at once read once."""

    def __init__(self) -> None:
        self._groups = groups()
        self._lock = threading.Lock()

    def collect(self) -> Iterator[Metric]:
        with self._lock:
            try:
                for group in self._groups:
                    yield from self._read(group)
            finally:
                connection.close_if_unusable_or_obsolete()

    def _read(self, group: Group) -> list[Metric]:
        try:
            return group.told()
        except DatabaseError as error:
            log.warning("no %s: %s", group.families[0].name, type(error).__name__)
            return []
