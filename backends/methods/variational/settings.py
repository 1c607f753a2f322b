"""Settings of variational methods, read and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from backends.errors import ProgramRejected
from backends.methods.variational.choice import ANSATZE
from backends.setting import Between, Settings

GRADIENT, ROTOSOLVE, SPSA = "gradient", "rotosolve", "spsa"
OPTIMIZERS = (GRADIENT, ROTOSOLVE, SPSA)
DEFAULT_ITERATIONS = {GRADIENT: 1000, ROTOSOLVE: 500, SPSA: 500}
MAX_SEED = 2**31 - 1

SEARCH: Settings = (
    ("iterations", Between(1, 100_000)),
    ("optimizer_seed", Between(0, MAX_SEED)),
)
VQE: Settings = (
    ("ansatz", ANSATZE),
    ("layers", Between(1, 64)),
    ("optimizer", OPTIMIZERS),
    ("starts", Between(1, 64)),
    ("optimizer_shots", Between(1, 1_000_000)),
    *SEARCH,
)


ADAPT: Settings = (
    ("gradient_threshold", Between(1e-8, 10)),
    ("max_operators", Between(1, 500)),
    SEARCH[0],
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """How angles are found.

    Attributes:
        optimizer: One of `OPTIMIZERS`, or None for the ansatz's default.
        iterations: Most steps (SPSA: exactly so many), or None for the optimizer's default.
        starts: Cold starts, the first without chance, or None for the ansatz's default.
        seed: Of random starts and of SPSA. It belongs to the source: the angles do not depend on
            the run's seed, so that repeated runs scatter by their statistical error alone.
        shots: For each group of words of each energy that SPSA samples.
        spread: Standard deviation of random starts, radians.
    """

    optimizer: str | None = None
    iterations: int | None = None
    starts: int | None = None
    seed: int = 0
    shots: int = 1000
    spread: float = 0.5

    @classmethod
    def read(cls, settings: Mapping[str, Any]) -> Self:
        """Read the settings of an experiment.

        Raises:
            ProgramRejected: One that counts is not a whole number.
        """
        return cls(
            optimizer=settings.get("optimizer"),
            iterations=integer(settings, "iterations"),
            starts=integer(settings, "starts"),
            seed=integer(settings, "optimizer_seed") or 0,
            shots=integer(settings, "optimizer_shots") or 1000,
        )


def integer(settings: Mapping[str, Any], name: str) -> int | None:
    """A whole number among settings whose range has been checked.

    Raises:
        ProgramRejected: It is not whole.
    """
    value = settings.get(name)
    if value is None:
        return None
    if value != int(value):
        raise ProgramRejected(
            f"{name} = {value:g}; allowed: whole numbers", field=f"/settings/{name}"
        )
    return int(value)
