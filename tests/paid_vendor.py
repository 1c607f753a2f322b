"""The vendor in memory, whose runs cost money, QPU seconds and shots."""

from __future__ import annotations

from dataclasses import replace

from backends.base import Capabilities
from backends.schema import Cost, Experiment, RunOptions
from tests.memory_vendor import PRICE, MemoryBackend


class PaidBackend(MemoryBackend):
    @property
    def capabilities(self) -> Capabilities:  # type: ignore[override]  # as its base
        return replace(super().capabilities, paid=True)

    def estimate(self, experiment: Experiment, options: RunOptions) -> Cost:
        rows = len(experiment.points)
        return Cost(
            money_micro_usd=PRICE * rows,
            qpu_seconds=2.5 * rows,
            shots=(options.shots or 0) * rows,
            prices="memory 2026-01-01",
        )
