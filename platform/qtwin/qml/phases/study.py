"""A comparison of classifiers on held-out points.

The unit is the point: its accuracy is the mean over its readings, which share a state and are not
independent. Each point is held out once, with all of its readings of all sources. Intervals are
Wilson's as if a point were one trial, which is the widest that readings of a point can justify;
differences to the baseline are bootstrapped over points, with an exact sign test.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from qtwin.fusion.base import FloatArray, IntArray
from qtwin.qml.accuracy import Accuracy, Difference, difference
from qtwin.qml.phases.folds import UNKNOWN, Transition, folds_of
from qtwin.qml.phases.measured import Measured
from qtwin.qml.phases.methods import METHODS, Task
from qtwin.qml.phases.names import BASELINE, NAMES
from qtwin.qml.phases.readings import Readings, deal

SCHEMA_VERSION = 1
MOST_READINGS = 2000
"""Kernels are of all pairs of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is compared, and how.

    Attributes:
        transition: Where the phases meet.
        shots: Of a reading, in each basis.
        readings: Most of a point and source.
        folds: Into which the points are dealt.
        seed: Of everything that is drawn.
        methods: Names of ``METHODS``.
    """

    transition: Transition
    shots: int = 8
    readings: int = 6
    folds: int = 5
    seed: int = 0
    methods: tuple[str, ...] = NAMES

    def __post_init__(self) -> None:
        for name, highest in (("shots", 100_000), ("readings", 100), ("folds", 50)):
            if not 1 <= getattr(self, name) <= highest:
                raise ValueError(f"{name} is {getattr(self, name)}; allowed: 1 to {highest}")
        wrong = [name for name in self.methods if name not in METHODS]
        if wrong or BASELINE not in self.methods:
            raise ValueError(
                f"methods {', '.join(self.methods)}; allowed: {BASELINE}, and others of "
                f"{', '.join(METHODS)}"
            )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Score:
    """How one classifier did.

    Attributes:
        name: Of ``METHODS``.
        accuracy: On held-out points.
        against: Its accuracy less the baseline's; None of the baseline itself.
        above: Share of readings that it calls above, at each point, held out.
        facts: Of each fold.
    """

    name: str
    accuracy: Accuracy
    against: Difference | None
    above: FloatArray
    facts: tuple[dict[str, Any], ...]

    @property
    def verdict(self) -> str:
        """In words, of the interval of the difference."""
        if self.against is None:
            return "baseline"
        if self.against.lower > 0:
            return "better"
        return "worse" if self.against.upper < 0 else "no difference seen"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Study:
    """The comparison.

    Attributes:
        plan: What was asked.
        points: Values of the control, shape ``(P,)``.
        labels: Of each point; ``UNKNOWN`` within the margin.
        bases: In which readings were taken.
        sources: That the readings are of.
        readings: How many there are.
        scores: One per method.
    """

    plan: Plan
    points: FloatArray
    labels: IntArray
    bases: tuple[str, ...]
    sources: tuple[str, ...]
    readings: int
    scores: tuple[Score, ...]


def study(
    measured: Sequence[Measured], plan: Plan, *, on_method: Callable[[str], None] | None = None
) -> Study:
    """Compare the classifiers on the shots of a project's jobs.

    Args:
        measured: Points, of any sources.
        plan: What to compare.
        on_method: Told before each method.

    Raises:
        ValueError: The points cannot be classified: too few of a phase, of shots, or no common
            basis.
        MissingLibrary: scikit-learn is not installed.
    """
    rng = np.random.default_rng(plan.seed)
    readings = deal(measured, shots=plan.shots, most=plan.readings, rng=rng)
    if len(readings) > MOST_READINGS:
        raise ValueError(f"{len(readings)} readings; allowed: {MOST_READINGS}, of fewer sources")
    labels = plan.transition.labels(readings.values)
    folds = folds_of(readings.values, labels, count=plan.folds, rng=rng)
    points = np.unique(readings.values)
    above, facts = {}, {}
    for name in plan.methods:
        if on_method is not None:
            on_method(name)
        tasks = [
            Task(readings=readings, labels=labels, fold=fold, seed=plan.seed + number)
            for number, fold in enumerate(folds)
        ]
        above[name], facts[name] = _above(readings, points, tasks, name)
    known = plan.transition.labels(points)
    return Study(
        plan=plan,
        points=points,
        labels=known,
        bases=tuple(readings.bits),
        sources=tuple(sorted(set(readings.sources))),
        readings=len(readings),
        scores=_scores(above, facts, known, plan),
    )


def _above(
    readings: Readings, points: FloatArray, tasks: list[Task], name: str
) -> tuple[FloatArray, tuple[dict[str, Any], ...]]:
    """Mean label of the held-out readings of each point, and facts of each fold."""
    place = np.searchsorted(points, readings.values)
    total, count, facts = np.zeros(len(points)), np.zeros(len(points)), []
    for task in tasks:
        told = METHODS[name][1](task)
        np.add.at(total, place[task.fold.test], told.labels)
        np.add.at(count, place[task.fold.test], 1)
        facts.append(told.facts)
    return total / count, tuple(facts)


def _scores(
    above: dict[str, FloatArray],
    facts: dict[str, tuple[dict[str, Any], ...]],
    labels: IntArray,
    plan: Plan,
) -> tuple[Score, ...]:
    known = labels != UNKNOWN
    right = {name: np.where(labels == 1, share, 1 - share)[known] for name, share in above.items()}
    rng = np.random.default_rng(plan.seed)
    return tuple(
        Score(
            name=name,
            accuracy=Accuracy(right=float(right[name].sum()), points=int(known.sum())),
            against=None if name == BASELINE else difference(right[name], right[BASELINE], rng),
            above=above[name],
            facts=facts[name],
        )
        for name in plan.methods
    )
