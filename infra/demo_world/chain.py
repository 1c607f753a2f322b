"""The chain that schedules are for: its world, and what schedules are worth in it.

``K`` knots, ``B`` truths.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from backends.dynamics import evolve
from backends.dynamics.gradient import Diagonal
from backends.dynamics.rydberg import Frozen, Rydberg
from backends.systems import load
from backends.systems.rydberg_array import RydbergArray
from qtwin.fusion.base import FloatArray
from qtwin.worlds import documents
from qtwin.worlds.calibration.readout import misread
from qtwin.worlds.control.schedule import Schedule
from qtwin.worlds.control.world import ControlWorld
from qtwin.worlds.posterior import Posterior

ATOMS, SPACING, DURATION, SEGMENTS = 7, 6.1, 0.6, 8
PATTERN = "1010101"
RABI, DETUNING = 15.8, (-40.0, 60.0)
TOLERANCE = 1e-3
STARTS, STOPS = (-40, -30, -20, -10, 0), (20, 30, 40, 50, 60)
"""First and last detunings of the linear sweeps that are tried."""
WORLD: dict[str, Any] = {
    "kind": "control",
    "schema_version": 1,
    "system": {
        "kind": "rydberg_array",
        "schema_version": 1,
        "geometry": "chain",
        "atoms": ATOMS,
        "spacing": SPACING,
    },
    "schedule": {
        "duration": DURATION,
        "segments": SEGMENTS,
        "controls": {
            "rabi": {"lower": 0, "upper": RABI, "ends": [0, 0]},
            "detuning": {"lower": DETUNING[0], "upper": DETUNING[1]},
        },
        "shape": "linear",
    },
    "goal": {"measure": "z2_probability"},
    "precision": "double",
}


@dataclass(frozen=True, kw_only=True, eq=False)
class Chain:
    """The world, and the dynamics behind it with the places of atoms drawn for each truth."""

    posterior: Posterior

    @cached_property
    def world(self) -> ControlWorld:
        """Its document and the posterior."""
        world = documents.load(WORLD, self.posterior)
        assert isinstance(world, ControlWorld)
        return world

    @cached_property
    def rydberg(self) -> Rydberg:
        """Each atom and pair with its own terms."""
        array = load(self.system(self.world.schedules.sweep()))
        assert isinstance(array, RydbergArray)
        return Rydberg.of(array, resolved=True)

    @cached_property
    def times(self) -> FloatArray:
        """Of the knots, shape ``(K,)``, us."""
        return self.world.schedules.sweep().times

    @property
    def goal(self) -> Diagonal:
        """Probability of the pattern."""
        assert self.world.goal.diagonal is not None
        return Diagonal(self.world.goal.diagonal)

    def system(self, schedule: Schedule) -> dict[str, Any]:
        """A system that any backend runs."""
        return schedule.system(self.world)

    def schedule(self, knots: Mapping[str, FloatArray]) -> Schedule:
        """From values at the knots."""
        return Schedule(times=self.times, values=dict(knots))

    def linear(self, start: float, stop: float) -> Schedule:
        """The Rabi frequency at its most as long as it can be, and a detuning in one line."""
        rabi = np.full(len(self.times), RABI)
        rabi[[0, -1]] = 0.0
        detuning = start + (stop - start) * self.times / DURATION
        return self.schedule({"rabi": rabi, "detuning": detuning})

    def best_linear(self) -> tuple[Schedule, float, float]:
        """The linear sweep that the nominal model likes most, and its ends."""
        tried = [(start, stop) for start in STARTS for stop in STOPS]
        worth = [self.nominal(self.linear(*ends)) for ends in tried]
        start, stop = tried[int(np.argmax(worth))]
        return self.linear(start, stop), float(start), float(stop)

    def nominal(self, schedule: Schedule) -> float:
        """Probability of the pattern on the document's model, which has no noise."""
        found = self._chances(schedule, {}, None, None)
        return float(found[0] @ self.goal.values)

    def randomised(
        self, schedule: Schedule, count: int, seed: int
    ) -> tuple[FloatArray, FloatArray]:
        """Of draws of the posterior: the probability of the pattern, and to read it, ``(B,)``."""
        rng = np.random.default_rng(seed)
        truths = self.truths(count, rng)
        frozen = self.rydberg.frozen(truths, count, rng)
        chances = self._chances(schedule, truths, frozen, rng)
        none = np.zeros(count)
        read = misread(
            chances[:, None], truths.get("false_excited", none), truths.get("false_ground", none)
        )
        return chances @ self.goal.values, read[:, 0] @ self.goal.values

    def truths(self, count: int, rng: np.random.Generator) -> dict[str, FloatArray]:
        """Draws of the posterior by parameter, each shape ``(B,)``."""
        picked = self.posterior.pick(rng, count)
        return dict(zip(self.posterior.names, picked.T, strict=True))

    def _chances(
        self,
        schedule: Schedule,
        truths: Mapping[str, FloatArray],
        frozen: Frozen | None,
        rng: np.random.Generator | None,
    ) -> FloatArray:
        """Probabilities of bit strings, shape ``(B, 2**n)``; one trajectory of each truth."""
        controls = {name: values[None] for name, values in schedule.values.items()}
        terms = self.rydberg.terms(controls, truths, frozen)
        states = evolve(
            self.rydberg.model,
            self.rydberg.start[None],
            terms.weights,
            terms.drives,
            np.diff(self.times)[None],
            tolerance=TOLERANCE,
            dephasing=truths.get("dephasing"),
            rng=rng,
        )
        return np.asarray(np.abs(states) ** 2)
