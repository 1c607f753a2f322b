"""One metric that is read whenever somebody asks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from prometheus_client.core import GaugeMetricFamily

Sample = tuple[tuple[str, ...], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A gauge. Its labels have few values, whatever the number of projects, teams and users."""

    name: str
    about: str
    labels: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        return "gauge"

    def of(self, samples: Iterable[Sample]) -> GaugeMetricFamily:
        """The values of the label and the value, each."""
        made = GaugeMetricFamily(self.name, self.about, labels=self.labels)
        for values, value in samples:
            made.add_metric(values, value)
        return made
