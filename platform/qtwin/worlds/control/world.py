"""The control world: an agent writes the schedule of a drive, knot by knot, and sees shots.

An episode has ``rounds`` rounds of ``segments`` steps with one truth. Each step sets the next knot
of the schedule (see `qtwin.worlds.control.space`); after the last step of a round the system is
prepared anew, driven by the schedule, and measured. The reward comes with the last round.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from backends.errors import ProgramRejected
from backends.systems.document import Document
from qtwin.worlds.control import driven as systems
from qtwin.worlds.control import precision
from qtwin.worlds.control.costs import Costs
from qtwin.worlds.control.driven import Driven
from qtwin.worlds.control.goal import Goal
from qtwin.worlds.control.layout import Layout
from qtwin.worlds.control.parameter import Truths
from qtwin.worlds.control.simulator import Simulator
from qtwin.worlds.control.space import ScheduleSpace

if TYPE_CHECKING:
    from gymnasium.spaces import Box

    from qtwin.worlds.base import Batch, Environment
    from qtwin.worlds.posterior import Posterior

SCHEMA_VERSION = 1
MOST_SHOTS, MOST_ROUNDS, MOST_TRAJECTORIES = 100_000, 100, 1000
TOLERANCE, LEAST_TOLERANCE, MOST_TOLERANCE = 1e-3, 1e-9, 0.1
TRUTHS = ("posterior", "nominal")


@dataclass(frozen=True, kw_only=True, eq=False)
class ControlWorld:
    """One driven system, the schedules that an agent may write, and what they are for.

    Attributes:
        shots: Of each round.
        from_shots: Whether the reward is what the shots estimate, and not the true value.
        trajectories: Evolutions of each round among which its shots are divided, where noise
            differs from shot to shot.
        truth: What ``reset`` takes where its options do not say.
        tolerance: Largest error of a final state (2-norm) by steps of time.
        asked_precision: ``single`` or ``double`` where the document says; see `precision`.
        truths: What ``posterior`` and ``nominal`` are.
    """

    kind: ClassVar[str] = "control"
    driven: Driven
    schedules: ScheduleSpace
    goal: Goal
    costs: Costs
    shots: int
    rounds: int
    from_shots: bool
    trajectories: int
    truth: str
    tolerance: float
    asked_precision: str | None
    truths: Truths

    @property
    def steps(self) -> int:
        """Of every episode."""
        return self.rounds * self.schedules.segments

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the columns of truths."""
        return self.truths.names

    @cached_property
    def layout(self) -> Layout:
        """Of observations."""
        return Layout.of(self.schedules, self.goal, self.driven.qubits, rounds=self.rounds)

    @property
    def observation_space(self) -> Box:
        """Of one environment; `layout` names its components."""
        return self.layout.space()

    @property
    def action_space(self) -> Box:
        """Of one environment: one component for each of ``schedules.components``, -1 to 1."""
        import gymnasium

        shape = (len(self.schedules.components),)
        return gymnasium.spaces.Box(-1.0, 1.0, shape=shape, dtype=np.float32)

    @cached_property
    def simulator(self) -> Simulator:
        """Made once for all environments."""
        return Simulator(
            self.driven,
            self.schedules,
            self.goal,
            self.truths,
            trajectories=min(self.trajectories, self.shots),
            tolerance=self.tolerance,
            precision=self.asked_precision,
        )

    @property
    def precision(self) -> str:
        """In which states are computed: ``single`` or ``double``."""
        return self.simulator.precision

    def environment(self) -> Environment:
        """One environment, as `gymnasium.make` gives it."""
        from qtwin.worlds.control.environment import ControlEnvironment

        return ControlEnvironment(self)

    def vector(self, num_envs: int) -> Batch:
        """Many environments that step together; an episode that ends is reset at the next step."""
        from qtwin.worlds.control.batch import ControlBatch

        return ControlBatch(self, num_envs)

    def __deepcopy__(self, memo: dict[int, Any]) -> ControlWorld:
        """Itself, as nothing in it changes; Gymnasium copies the worlds of its environments."""
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        """Written as its document and its truths, for environments in other processes."""
        return _again, (self.to_dict(), self.truths)

    def to_dict(self) -> dict[str, Any]:
        """The document that `read` reads, without the draws."""
        return {
            "kind": self.kind,
            "schema_version": SCHEMA_VERSION,
            "system": self.driven.to_dict(),
            "schedule": self.schedules.to_dict(),
            "goal": self.goal.to_dict(),
            "costs": self.costs.to_dict(),
            "shots": self.shots,
            "rounds": self.rounds,
            "from_shots": self.from_shots,
            "trajectories": self.trajectories,
            "truth": self.truth,
            "tolerance": self.tolerance,
            "precision": self.precision,
        }


def read(document: Document, posterior: Posterior | None, fits: Any = None) -> ControlWorld:
    """Read a control world.

    Args:
        fits: Of no use here.

    Raises:
        ProgramRejected: Names the field, its value and the allowed values.
    """
    document.only(
        "kind", "schema_version", "system", "schedule", "goal", "costs", "shots", "rounds",
        "from_shots", "trajectories", "truth", "tolerance", "precision",
    )  # fmt: skip
    document.integer("schema_version", SCHEMA_VERSION, SCHEMA_VERSION)
    schedule = Document(document.required("schedule"), document.at("schedule"))
    driven = systems.read(
        document.required("system"), _scheduled(schedule), at=document.at("system")
    )
    schedules = ScheduleSpace.parse(schedule, driven)
    driven.check(schedules.sweep(), schedules.limits)
    goal = Goal.parse(Document(document.required("goal"), document.at("goal")), driven)
    from_shots = document.boolean("from_shots", default=False)
    if from_shots and goal.diagonal is None:
        raise ProgramRejected(
            f"from_shots = True with {goal.measure}, which shots do not tell; allowed: false",
            field=document.at("from_shots"),
        )
    tolerance = _tolerance(document)
    return ControlWorld(
        driven=driven,
        schedules=schedules,
        goal=goal,
        costs=Costs.parse(document.document("costs"), driven, schedules),
        shots=document.integer("shots", 1, MOST_SHOTS, 200),
        rounds=document.integer("rounds", 1, MOST_ROUNDS, 1),
        from_shots=from_shots,
        trajectories=document.integer("trajectories", 1, MOST_TRAJECTORIES, 4),
        truth=document.choice("truth", TRUTHS, TRUTHS[0]),
        tolerance=tolerance,
        asked_precision=precision.parse(document, tolerance),
        truths=Truths.of(driven.dynamics(resolved=False).parameters, posterior),
    )


def _again(document: dict[str, Any], truths: Truths) -> ControlWorld:
    return replace(read(Document(document), None), truths=truths)


def _scheduled(schedule: Document) -> tuple[str, ...]:
    given = schedule.entry("controls", {})
    Document(given, schedule.at("controls"))
    if not given:
        raise ProgramRejected(
            "no controls; allowed: one or more of the system's", field=schedule.at("controls")
        )
    return tuple(str(name) for name in given)


def _tolerance(document: Document) -> float:
    if document.entry("tolerance", None) is None:
        return TOLERANCE
    value = document.number("tolerance")
    if not LEAST_TOLERANCE <= value <= MOST_TOLERANCE:
        raise ProgramRejected(
            f"tolerance = {value:g}; allowed: {LEAST_TOLERANCE:g} to {MOST_TOLERANCE:g}",
            field=document.at("tolerance"),
        )
    return value
