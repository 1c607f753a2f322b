"""The port of a world: one description, from which single and batched environments are made.

``B`` environments step in one array program. Seeds repeat episodes bit for bit.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Protocol, TypeAlias

import gymnasium
import numpy as np
from gymnasium.vector import VectorEnv
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float32]
Environment: TypeAlias = gymnasium.Env[Floats, Floats]
Batch: TypeAlias = VectorEnv[Floats, Floats, NDArray[Any]]

TRUTHS = ("posterior", "nominal")
"""What ``reset(options={"truth": ...})`` takes: each episode its draw, or the nominal values."""


class World(Protocol):
    """An immutable description of what is acted in.

    Observations and actions are ``Box`` spaces of float32; actions lie in [-1, 1] and are scaled to
    their units by the world. ``reset`` takes ``seed`` and ``options``: ``{"truth": "posterior"}``
    (the default), ``{"truth": "nominal"}``, and ``{"draws": [3, 3, 7]}`` for the truths with these
    numbers, one per environment, so that policies are compared on the same ones.
    An action that is NaN, infinite or of another shape is a ``ValueError`` that names it.
    """

    kind: ClassVar[str]

    @property
    def steps(self) -> int:
        """Most steps of an episode."""
        ...

    @property
    def observation_space(self) -> gymnasium.spaces.Box:
        """Of one environment."""
        ...

    @property
    def action_space(self) -> gymnasium.spaces.Box:
        """Of one environment."""
        ...

    def environment(self) -> Environment:
        """One environment, as `gymnasium.make` gives it."""
        ...

    def vector(self, num_envs: int) -> Batch:
        """Many environments that step together; an episode that ends is reset at the next step."""
        ...

    def to_dict(self) -> dict[str, Any]:
        """The document, without the draws of its truths."""
        ...


def truth_of(options: Mapping[str, Any] | None) -> str:
    """The truth that ``options`` ask for.

    Raises:
        ValueError: There is no such truth.
    """
    truth = (options or {}).get("truth", TRUTHS[0])
    if truth not in TRUTHS:
        raise ValueError(f"truth is {truth!r}; allowed: {', '.join(TRUTHS)}")
    return str(truth)
