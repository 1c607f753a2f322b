"""Shapes of policies: how a flat vector of parameters becomes actions.

``P`` candidates, each in ``E`` environments, observe ``O`` numbers and answer ``A`` in [-1, 1];
``dim`` parameters. Everything is one array program over ``(P, E)``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

import numpy as np

from qtwin.fusion.base import FloatArray
from qtwin.worlds.policies.scaling import Scaling

if TYPE_CHECKING:
    from qtwin.worlds.base import World

KINDS = ("open_loop", "linear", "mlp")
SQUASHES = ("tanh", "clip")
MOST_PARAMETERS = 1_000_000
MOST_LAYERS = 8


class Architecture(Protocol):
    """The part of a policy that is not learnt."""

    kind: ClassVar[str]

    @property
    def size(self) -> int:
        """Number of parameters, ``dim``."""
        ...

    @property
    def actions(self) -> int:
        """A."""
        ...

    def act(self, parameters: FloatArray, observations: FloatArray, step: int) -> FloatArray:
        """Actions ``(P, E, A)`` of parameters ``(P, dim)`` at observations ``(P, E, O)``."""
        ...

    def start(self, rng: np.random.Generator) -> FloatArray:
        """Where training may start, shape ``(dim,)``."""
        ...

    def shape(self) -> dict[str, Any]:
        """Of the artifact's JSON."""
        ...

    def misfit(self, world: World) -> str | None:
        """Why this cannot act in a world; None when it can."""
        ...


def _misfit(name: str, here: int, there: int) -> str | None:
    return None if here == there else f"/shape/{name}: value {here}; allowed: {there}"


def observed(world: World) -> int:
    """Numbers in one observation of a world."""
    return int(np.prod(world.observation_space.shape, dtype=int))


def acted(world: World) -> int:
    """Numbers in one action of a world."""
    return int(np.prod(world.action_space.shape, dtype=int))


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenLoop:
    """A table of actions, one row per step, whatever is observed."""

    kind: ClassVar[str] = "open_loop"
    steps: int
    actions: int

    @property
    def size(self) -> int:
        return self.steps * self.actions

    def act(self, parameters: FloatArray, observations: FloatArray, step: int) -> FloatArray:
        table = parameters.reshape(len(parameters), self.steps, self.actions)
        row = np.clip(table[:, min(step, self.steps - 1)], -1.0, 1.0)
        return np.broadcast_to(row[:, None, :], (*observations.shape[:2], self.actions))

    def start(self, rng: np.random.Generator) -> FloatArray:
        return np.zeros(self.size)

    def shape(self) -> dict[str, Any]:
        return {"steps": self.steps, "actions": self.actions}

    def misfit(self, world: World) -> str | None:
        return _misfit("steps", self.steps, world.steps) or _misfit(
            "actions", self.actions, acted(world)
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Mlp:
    """Layers of tanh, then a linear layer that is squashed into [-1, 1].

    Attributes:
        hidden: Widths of the layers of tanh.
        squash: ``tanh``, or ``clip``.
    """

    kind: ClassVar[str] = "mlp"
    actions: int
    scaling: Scaling
    hidden: tuple[int, ...] = (16,)
    squash: str = "tanh"

    def __post_init__(self) -> None:
        if self.squash not in SQUASHES:
            raise ValueError(
                f"/shape/squash: value {self.squash!r}; allowed: {', '.join(SQUASHES)}"
            )
        if len(self.hidden) > MOST_LAYERS:
            raise ValueError(
                f"/shape/hidden: {len(self.hidden)} layers; allowed: at most {MOST_LAYERS}"
            )

    @property
    def widths(self) -> tuple[int, ...]:
        """Of the observation, of each hidden layer, of the action."""
        return (len(self.scaling.centre), *self.hidden, self.actions)

    @property
    def size(self) -> int:
        return sum((before + 1) * after for before, after in pairwise(self.widths))

    def layers(self, parameters: FloatArray) -> list[tuple[FloatArray, FloatArray]]:
        """Weights ``(P, before, after)`` and offsets ``(P, 1, after)`` of each layer."""
        layers, at, count = [], 0, len(parameters)
        for before, after in pairwise(self.widths):
            cut = at + before * after
            weights = parameters[:, at:cut].reshape(count, before, after)
            at = cut + after
            layers.append((weights, parameters[:, None, cut:at]))
        return layers

    def act(self, parameters: FloatArray, observations: FloatArray, step: int) -> FloatArray:
        layers = self.layers(parameters)
        values = self.scaling(observations)
        for number, (weights, offsets) in enumerate(layers):
            values = values @ weights + offsets
            if number < len(layers) - 1:
                values = np.tanh(values)
        squashed: FloatArray = (
            np.tanh(values) if self.squash == "tanh" else np.clip(values, -1.0, 1.0)
        )
        return squashed

    def start(self, rng: np.random.Generator) -> FloatArray:
        """Weights of variance one over the width before (LeCun et al. 1998), no offsets."""
        parts = []
        for before, after in pairwise(self.widths):
            parts += [rng.normal(size=before * after) / np.sqrt(before), np.zeros(after)]
        return np.concatenate(parts)

    def shape(self) -> dict[str, Any]:
        return {
            "observations": len(self.scaling.centre),
            "hidden": list(self.hidden),
            "actions": self.actions,
            "squash": self.squash,
        }

    def misfit(self, world: World) -> str | None:
        return _misfit("observations", len(self.scaling.centre), observed(world)) or _misfit(
            "actions", self.actions, acted(world)
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Linear(Mlp):
    """A linear map of what is observed, with an offset, clipped to [-1, 1]."""

    kind: ClassVar[str] = "linear"
    hidden: tuple[int, ...] = ()
    squash: str = "clip"

    def __post_init__(self) -> None:
        if self.hidden:
            raise ValueError("/shape/hidden: a linear policy has no layers")
        super(Linear, self).__post_init__()

    def start(self, rng: np.random.Generator) -> FloatArray:
        return np.zeros(self.size)


def architecture_for(world: World, document: Mapping[str, Any]) -> Architecture:
    """The shape of a policy for a world.

    Args:
        document: ``{"kind": "open_loop" | "linear" | "mlp", "hidden": [16], "squash": "tanh"}``.

    Raises:
        ValueError: Names the field, its value and the allowed values.
    """
    kind = document.get("kind", KINDS[0])
    fields = {"kind", "hidden", "squash"} if kind == "mlp" else {"kind"}
    if unknown := sorted(set(document) - fields):
        raise ValueError(f"/policy/{unknown[0]}: unknown; allowed: {', '.join(sorted(fields))}")
    if kind == "open_loop":
        return OpenLoop(steps=world.steps, actions=acted(world))
    scaling = Scaling.of(world.observation_space)
    if kind == "linear":
        return Linear(actions=acted(world), scaling=scaling)
    if kind == "mlp":
        hidden = layers_of(document.get("hidden", [16]), "/policy/hidden")
        squash = document.get("squash", SQUASHES[0])
        return Mlp(actions=acted(world), scaling=scaling, hidden=hidden, squash=squash)
    raise ValueError(f"/policy/kind: value {kind!r}; allowed: {', '.join(KINDS)}")


def layers_of(value: object, field: str) -> tuple[int, ...]:
    """Widths of hidden layers.

    Raises:
        ValueError: Names the field, its value and the allowed values.
    """
    widths = value if isinstance(value, list | tuple) else (None,)
    fits = all(type(width) is int and 1 <= width <= 1024 for width in widths)
    if not fits or len(widths) > MOST_LAYERS:
        raise ValueError(
            f"{field}: value {value!r}; allowed: at most {MOST_LAYERS} widths from 1 to 1024"
        )
    return tuple(int(width) for width in widths)
