"""A policy: a shape, its parameters, and where they come from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from qtwin.fusion.base import FloatArray
from qtwin.worlds.policies.architecture import MOST_PARAMETERS, Architecture

if TYPE_CHECKING:
    from qtwin.worlds.base import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where parameters come from.

    Attributes:
        world: Digest of the world's document.
        world_kind: Of the world.
        twin_version: That the world's truths are drawn from; empty without a twin.
        learner: The document of the learner, its hyperparameters among it.
        seed: Of the training; None where nothing was trained.
        training: Plain JSON facts: evaluations, how the policy was chosen, versions.
    """

    world: str = ""
    world_kind: str = ""
    twin_version: str = ""
    learner: Mapping[str, Any] = field(default_factory=dict)
    seed: int | None = None
    training: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Policy:
    """What acts.

    Attributes:
        parameters: Shape ``(dim,)``.
    """

    architecture: Architecture
    parameters: FloatArray
    provenance: Provenance = field(default_factory=Provenance)

    def __post_init__(self) -> None:
        size = self.architecture.size
        if size > MOST_PARAMETERS:
            raise ValueError(f"{size} parameters; allowed: at most {MOST_PARAMETERS}")
        if self.parameters.shape != (size,):
            raise ValueError(
                f"/parameters: shape {self.parameters.shape}; allowed: ({size},) for the shape of "
                f"this {self.kind} policy"
            )
        if not np.isfinite(self.parameters).all():
            raise ValueError("/parameters: NaN or infinite numbers; allowed: finite numbers")

    @property
    def kind(self) -> str:
        """``open_loop``, ``linear`` or ``mlp``."""
        return self.architecture.kind

    def act(self, observations: FloatArray, step: int) -> FloatArray:
        """Actions ``(B, A)`` in [-1, 1] at observations ``(B, O)``."""
        seen = np.asarray(observations, dtype=np.float64).reshape(1, len(observations), -1)
        actions: FloatArray = self.architecture.act(self.parameters[None, :], seen, step)[0]
        return actions

    def with_parameters(self, theta: FloatArray) -> Self:
        """The same shape with other parameters, shape ``(dim,)``."""
        return replace(self, parameters=np.array(theta, dtype=np.float64))

    def check_fits(self, world: World) -> None:
        """Refuse a world with other spaces.

        Raises:
            ValueError: Names the size, its value and the one that the world has.
        """
        if reason := self.architecture.misfit(world):
            raise ValueError(f"{reason} in this {world.kind} world")


def world_digest(world: World) -> str:
    """SHA-256 of the world's document, in hexadecimal."""
    text = json.dumps(world.to_dict(), sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()
