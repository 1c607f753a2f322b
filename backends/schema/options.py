"""How to run an experiment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """Options that change the statistics of a run, not its meaning.

    Attributes:
        shots: Repetitions per point and measurement group; None asks for the exact limit.
        seed: Seed of every random choice of the run; None lets the backend choose one. Runs that
            must be independent, such as the chunks of a job, need different seeds.
    """

    shots: int | None = None
    seed: int | None = None

    def to_dict(self) -> dict[str, Any]:
        return {"shots": self.shots, "seed": self.seed}
