"""The description of a mitigation world, and its document.

``{"kind": "mitigation", "schema_version": 1, "device": {"source": "noisy", "point": [0.7]},
"target": 0.02, "budget": 200000, "gains": [1, 3, 5],
"shots": [100, 20000], "circuits": [1, 32], "steps": 12, "prices": {...}, "penalty": 1.0}``

The device is that of a twin, or with a posterior at hand only named by the document.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from gymnasium import spaces

from backends.errors import ProgramRejected
from backends.systems.document import Document, is_number, shown
from qtwin.fusion.star.posterior import StarFit
from qtwin.worlds.base import Batch, Environment, Floats
from qtwin.worlds.mitigation import device
from qtwin.worlds.mitigation.asked import Asked
from qtwin.worlds.mitigation.belief import Nodes
from qtwin.worlds.mitigation.channel import channel_posterior
from qtwin.worlds.mitigation.prices import Prices, at_least
from qtwin.worlds.posterior import Posterior

SCHEMA_VERSION = 1
FIELDS = ("device", "target", "budget", "gains", "shots", "circuits", "steps", "prices", "penalty")
GAINS = (1.0, 3.0, 5.0)
HIGHEST_GAIN = 99.0
MOST_SHOTS, MOST_CIRCUITS, MOST_STEPS = 10_000_000, 10_000, 1000


@dataclass(frozen=True, kw_only=True, eq=False)
class MitigationWorld:
    """Choose noise gains, shots and circuits, and stop, so that the error meets a target.

    Action (float32, each in [-1, 1]): the gain, from the first to the last of ``gains``; the log of
    the shots and of the circuits between their bounds; and whether to stop (above 0: nothing is
    measured any more and the belief's mean is the answer).

    Observation (float32): part of the budget left; part of the steps left; log10 of the belief's
    standard deviation over the target; mean and standard deviation of the damping exponent
    ``-log rho(1)``; the belief's mean in prior standard deviations; and for each gain the log10 of
    one more than its shots so far.

    Reward: minus the cost of each measurement over the budget; at the end minus ``penalty`` where
    the answer is off by more than twice the target. The episode terminates at a stop or after its
    steps, and is truncated by an action that the budget does not cover: nothing is measured then,
    and the info names its cost and what was left.

    Attributes:
        target: Standard error to reach, in the observable's unit.
        budget: In the unit of the prices.
        gains: Noise gains on offer, ascending.
        shots: Fewest and most of one measurement.
        circuits: Fewest and most of one measurement.
        steps: Most measurements.
        prices: What they cost.
        penalty: Of a missed target, in budgets.
        posterior: Of the device, see `device`.
        asked: Which device of which twin that is; None where a posterior came without.
    """

    kind: ClassVar[str] = "mitigation"

    target: float
    budget: float
    gains: tuple[float, ...]
    shots: tuple[int, int]
    circuits: tuple[int, int]
    steps: int
    prices: Prices
    penalty: float
    posterior: Posterior
    asked: Asked | None = None

    @cached_property
    def nodes(self) -> Nodes:
        """What agents know of the device."""
        return Nodes.of(self.posterior)

    @property
    def observation_space(self) -> spaces.Box:
        """Of one environment."""
        low, high = self.limits
        return spaces.Box(low, high, dtype=np.float32)

    @property
    def limits(self) -> tuple[Floats, Floats]:
        """What observations are cut to, each shape ``(O,)``."""
        gains = len(self.gains)
        low = np.array([0.0, 0.0, -9.0, -9.0, 0.0, -99.0, *[0.0] * gains], dtype=np.float32)
        high = np.array([1.0, 1.0, 9.0, 99.0, 99.0, 99.0, *[12.0] * gains], dtype=np.float32)
        return low, high

    @property
    def action_space(self) -> spaces.Box:
        """Of one environment: gain, shots, circuits, stop."""
        return spaces.Box(-1.0, 1.0, (4,), np.float32)

    @property
    def floor(self) -> float:
        """Standard error that no measurement goes below: that of the device's scale."""
        scale, value = self.nodes.scale, self.nodes.mean
        off = abs(value - float(self.nodes.mixed_value.mean()))
        return off * float(scale.std() / max(scale.mean(), 1e-12))

    def environment(self) -> Environment:
        """One environment."""
        from qtwin.worlds.mitigation.environment import MitigationEnv

        return MitigationEnv(self)

    def vector(self, num_envs: int) -> Batch:
        """Environments that step together."""
        from qtwin.worlds.mitigation.environment import MitigationBatch

        return MitigationBatch(self, num_envs)

    def to_dict(self) -> dict[str, Any]:
        """The document."""
        return {
            "kind": self.kind,
            "schema_version": SCHEMA_VERSION,
            **({} if self.asked is None else {"device": self.asked.to_dict()}),
            "target": self.target,
            "budget": self.budget,
            "gains": list(self.gains),
            "shots": list(self.shots),
            "circuits": list(self.circuits),
            "steps": self.steps,
            "prices": self.prices.to_dict(),
            "penalty": self.penalty,
        }


def read(document: Document, posterior: Posterior | None, fits: Any = None) -> MitigationWorld:
    """Read a document; without a posterior the device is drawn from ``fits``, the twin's fit.

    Raises:
        ProgramRejected: Names the field, its value and the allowed values.
    """
    document.only("kind", "schema_version", *FIELDS)
    document.integer("schema_version", SCHEMA_VERSION, SCHEMA_VERSION)
    given = document.entry("device", None) is not None
    asked = Asked.parse(document.document("device")) if given else None
    drawn = _device(document, asked, posterior, fits)
    world = MitigationWorld(
        target=at_least(document, "target", None, 0.0, above=True),
        budget=at_least(document, "budget", None, 0.0, above=True),
        gains=_gains(document),
        shots=_pair(document, "shots", (100, 20_000), MOST_SHOTS),
        circuits=_pair(document, "circuits", (1, 32), MOST_CIRCUITS),
        steps=document.integer("steps", 1, MOST_STEPS, 12),
        prices=Prices.parse(document.document("prices")),
        penalty=at_least(document, "penalty", 1.0, 0.0),
        posterior=drawn,
        asked=asked,
    )
    _check_possible(document, world)
    return world


def _device(
    document: Document, asked: Asked | None, posterior: Posterior | None, fits: Any
) -> Posterior:
    at = document.at("device")
    try:
        if posterior is None:
            if asked is None or not isinstance(fits, StarFit):
                raise ValueError("no device; allowed: one of a star twin, with source and point")
            posterior = channel_posterior(fits, asked)
        device.check(posterior)
    except ValueError as error:
        raise ProgramRejected(str(error), field=at) from error
    return posterior


def _gains(document: Document) -> tuple[float, ...]:
    given = document.items("gains", 1, 16, GAINS)
    before = 1.0
    for index, gain in enumerate(given):
        least = before if index == 0 else np.nextafter(before, np.inf)
        if not (is_number(gain) and least <= gain <= HIGHEST_GAIN):
            raise ProgramRejected(
                f"{shown(gain)}; allowed: 1 to {HIGHEST_GAIN:g}, ascending",
                field=f"{document.at('gains')}/{index}",
            )
        before = float(gain)
    return tuple(float(gain) for gain in given)


def _pair(document: Document, name: str, default: tuple[int, int], most: int) -> tuple[int, int]:
    low, high = document.items(name, 2, 2, default)
    for index, (value, least) in enumerate(((low, 1), (high, low))):
        if type(value) is not int or type(least) is not int or not least <= value <= most:
            raise ProgramRejected(
                f"{shown(value)}; allowed: an integer from {least} to {most}",
                field=f"{document.at(name)}/{index}",
            )
    return low, high


def _check_possible(document: Document, world: MitigationWorld) -> None:
    first = np.array([world.gains[0]])
    fewest = np.array([float(world.shots[0])]), np.array([float(world.circuits[0])])
    least = float(world.prices.cost(first, *fewest)[0])
    if world.budget < least:
        raise ProgramRejected(
            f"budget = {world.budget:g} pays for no measurement; allowed: at least {least:g}",
            field=document.at("budget"),
        )
    if world.target < world.floor:
        raise ProgramRejected(
            f"target = {world.target:g} is below what the device's scale leaves open however much "
            f"is measured; allowed: at least {world.floor:.3g}",
            field=document.at("target"),
        )
