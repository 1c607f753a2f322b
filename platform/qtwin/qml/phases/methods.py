"""The classifiers that are compared; the last two are the classical ones.

Each takes all readings and one fold, and labels the fold's held-out readings. What needs scales
takes them from the readings that it trains on. Hyperparameters are chosen by cross-validation over
points within those.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from qtwin.fusion.base import FloatArray, IntArray
from qtwin.qml.feature_map import feature_map
from qtwin.qml.fidelity import fidelities, inversion_test, inversion_test_between
from qtwin.qml.machine import classify, logistic
from qtwin.qml.phases import features
from qtwin.qml.phases.folds import Fold
from qtwin.qml.phases.names import BASELINE, TITLES
from qtwin.qml.phases.readings import Readings
from qtwin.qml.repair import repair
from qtwin.qml.variational.ansatz import ansatz
from qtwin.qml.variational.readout import Reader
from qtwin.qml.variational.training import Settings, train

SPREAD = 0.5
"""Radians that one standard deviation of a feature turns."""
SHOTS = 100
"""Of each circuit that a classifier itself runs."""
MOST_TRAINED = 60
"""Readings that the variational classifier is trained on."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Told:
    """Labels of held-out readings, and what is worth knowing of the training.

    Attributes:
        labels: Shape ``(T,)``.
        facts: Plain numbers and words.
    """

    labels: IntArray
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Task:
    """What a classifier gets.

    Attributes:
        readings: All of them.
        labels: Shape ``(R,)``; those of held-out readings are not to be looked at.
        fold: Which are trained on.
        seed: Of its random numbers.
    """

    readings: Readings
    labels: IntArray
    fold: Fold
    seed: int

    @property
    def known(self) -> IntArray:
        """Labels of the readings to train on."""
        return self.labels[self.fold.train]

    @property
    def points(self) -> FloatArray:
        """Values of the control of the readings to train on."""
        return self.readings.values[self.fold.train]

    def scaled(self, columns: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Trained and held-out rows, in standard deviations of the trained ones."""
        trained = columns[self.fold.train]
        spread = np.maximum(trained.std(axis=0), 1e-9)
        scaled = np.clip((columns - trained.mean(axis=0)) / spread, -5, 5)
        return scaled[self.fold.train], scaled[self.fold.test]


def by_overlap(task: Task) -> Told:
    """A support vector machine on the overlaps of the measured distributions."""
    kernel, train, test = features.overlaps(task.readings), task.fold.train, task.fold.test
    found = classify(
        kernel[np.ix_(train, train)], task.known, kernel[np.ix_(test, train)], groups=task.points
    )
    return Told(labels=found.labels, facts={"penalty": found.penalty})


def by_feature_map(task: Task) -> Told:
    """A support vector machine on fidelities of the zz map, from shots and clipped."""
    x, new = (SPREAD * rows for rows in task.scaled(features.orders(task.readings)))
    states, rng = feature_map("zz", x.shape[1]), np.random.default_rng(task.seed)
    shot = inversion_test(states, x, shots=SHOTS, rng=rng).values
    between = inversion_test_between(states, new, x, shots=SHOTS, rng=rng).values
    mended = repair(shot, "clip")
    found = classify(mended.kernel, task.known, mended.others(between), groups=task.points)
    fixed = (found.penalty,)
    raw = classify(shot, task.known, between, penalties=fixed)
    seen, others = states.states(x), states.states(new)
    exact = classify(fidelities(seen, seen), task.known, fidelities(others, seen), penalties=fixed)
    return Told(
        labels=found.labels,
        facts={
            "penalty": found.penalty,
            "negative_eigenvalues": mended.negative,
            "relative_change": mended.relative_change,
            "relabelled_by_repair": float(np.mean(raw.labels != found.labels)),
            "relabelled_by_shots": float(np.mean(exact.labels != found.labels)),
        },
    )


def by_circuit(task: Task) -> Told:
    """The variational classifier, trained and read with shots."""
    x, new = (SPREAD * rows for rows in task.scaled(features.orders(task.readings)))
    rng = np.random.default_rng(task.seed)
    some = rng.permutation(len(x))[:MOST_TRAINED]
    trained = train(
        ansatz(x.shape[1]),
        x[some],
        task.known[some],
        seed=task.seed,
        settings=Settings(shots=SHOTS),
    )
    last = trained.looks[-1]
    return Told(
        labels=trained.labels(new, Reader(shots=SHOTS, rng=rng)),
        facts={
            "stop": trained.stop.value,
            "steps": last.step,
            "loss": trained.loss,
            "loss_error": trained.error,
            "shots": trained.shots,
            "looks": [[look.step, look.loss, look.error] for look in trained.looks],
        },
    )


def by_site_means(task: Task) -> Told:
    """Logistic regression on the mean bit of each site."""
    return _logistic(task, features.site_means(task.readings))


def by_correlations(task: Task) -> Told:
    """Logistic regression on the mean bits and on those of pairs."""
    return _logistic(task, features.correlations(task.readings))


def _logistic(task: Task, columns: FloatArray) -> Told:
    x, new = task.scaled(columns)
    found = logistic(x, task.known, new, groups=task.points)
    return Told(labels=found.labels, facts={"penalty": found.penalty})


Method = Callable[[Task], Told]

METHODS: dict[str, tuple[str, Method]] = {
    name: (TITLES[name], method)
    for name, method in {
        "overlap_kernel": by_overlap,
        "zz_kernel": by_feature_map,
        "variational": by_circuit,
        "logistic_means": by_site_means,
        BASELINE: by_correlations,
    }.items()
}
"""By the names of `qtwin.qml.phases.names`."""
