"""What a process counts and times. Made when first used: not before a worker has forked."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

MOST_VALUES = 400
"""Of one label in one process; what comes later is counted as `OTHER`."""
OTHER = "other"


def wanted() -> bool:
    """Whether anybody asks for metrics of this process."""
    from django.conf import settings

    return bool(settings.METRICS_PORT or settings.METRICS_TOKEN)


def own() -> CollectorRegistry:
    """Where this process's metrics are."""
    from qtwin.metrics.registry import REGISTRY

    return REGISTRY


@dataclass(kw_only=True)
class Metric:
    """One name with its labels.

    Attributes:
        labels: Names; each has few values, whatever happens.
        about: What it says, in words.
    """

    kind: ClassVar[str]
    name: str
    about: str
    labels: tuple[str, ...] = ()
    _values: dict[str, set[str]] = field(default_factory=dict)

    def _bounded(self, labels: dict[str, str]) -> dict[str, str]:
        return {name: self._value(name, value) for name, value in labels.items()}

    def _value(self, name: str, value: str) -> str:
        seen = self._values.setdefault(name, set())
        if value not in seen:
            if len(seen) >= MOST_VALUES:
                return OTHER
            seen.add(value)
        return value

    def _child(self, labels: dict[str, str]) -> Any:
        if set(labels) != set(self.labels):
            raise ValueError(f"{self.name} has the labels {self.labels}, not {tuple(labels)}")
        return self._made.labels(**self._bounded(labels)) if labels else self._made

    @cached_property
    def _made(self) -> Any:
        raise NotImplementedError


@dataclass(kw_only=True)
class Counter(Metric):
    """Grows; its name ends in ``_total``."""

    kind = "counter"

    def count(self, by: float = 1.0, **labels: str) -> None:
        """It happened."""
        if wanted():
            self._child(labels).inc(by)

    @cached_property
    def _made(self) -> Any:
        from prometheus_client import Counter as Made

        return Made(self.name.removesuffix("_total"), self.about, self.labels, registry=own())


@dataclass(kw_only=True)
class Histogram(Metric):
    """Seconds, by how many took at most how long."""

    kind = "histogram"
    buckets: tuple[float, ...] = ()

    def observe(self, seconds: float, **labels: str) -> None:
        """It took so long."""
        if wanted():
            self._child(labels).observe(max(0.0, seconds))

    @contextmanager
    def timed(self, **labels: str) -> Iterator[None]:
        """The block took so long, if it raised nothing."""
        began = time.monotonic()
        yield
        self.observe(time.monotonic() - began, **labels)

    @cached_property
    def _made(self) -> Any:
        from prometheus_client import Histogram as Made

        return Made(self.name, self.about, self.labels, buckets=self.buckets, registry=own())


@dataclass(kw_only=True)
class Gauge(Metric):
    """A time or an amount of now; of several processes that share it, the latest word counts."""

    kind = "gauge"

    def set(self, value: float, **labels: str) -> None:
        """It is so."""
        if wanted():
            self._child(labels).set(value)

    @cached_property
    def _made(self) -> Any:
        from prometheus_client import Gauge as Made

        return Made(
            self.name, self.about, self.labels, registry=own(), multiprocess_mode="mostrecent"
        )
