"""What a repair of a kernel does to what is predicted with it.

``N`` trained points, ``M`` others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from qtwin.fusion.base import FloatArray, IntArray
from qtwin.qml.machine import classify
from qtwin.qml.repair import Repair


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """Change of predictions at M other points.

    Attributes:
        rms: Root mean square change, in the unit of what is predicted.
        largest: Largest change.
        relabelled: How many points got another label; None of a regression.
    """

    rms: float
    largest: float
    relabelled: int | None = None


def effect_on_regression(
    kernel: FloatArray, repaired: Repair, y: FloatArray, others: FloatArray, *, ridge: float
) -> Effect:
    """Ridge regression with the estimated and with the repaired kernel, at one ridge.

    Raises:
        ValueError: With the estimated kernel there is no unique solution.
    """
    before = _ridge(kernel, y, others, ridge)
    after = _ridge(repaired.kernel, y, repaired.others(others), ridge)
    return _effect(after - before)


def effect_on_classification(
    kernel: FloatArray,
    repaired: Repair,
    labels: IntArray,
    others: FloatArray,
    *,
    penalties: Sequence[float],
) -> Effect:
    """Support vector machines with both kernels; changes are those of the decision function.

    Raises:
        ValueError: As `classify`.
        MissingLibrary: scikit-learn is not installed.
    """
    before = classify(kernel, labels, others, penalties=penalties)
    after = classify(repaired.kernel, labels, repaired.others(others), penalties=penalties)
    return _effect(
        after.margins - before.margins, relabelled=int(np.sum(after.labels != before.labels))
    )


def _ridge(kernel: FloatArray, y: FloatArray, others: FloatArray, ridge: float) -> FloatArray:
    try:
        weights = np.linalg.solve(kernel + ridge * np.eye(len(y)), y - y.mean())
    except np.linalg.LinAlgError:
        raise ValueError(
            f"ridge is {ridge}: the kernel has minus that as an eigenvalue; allowed: another"
        ) from None
    return np.asarray(y.mean() + others @ weights)


def _effect(change: FloatArray, *, relabelled: int | None = None) -> Effect:
    return Effect(
        rms=float(np.sqrt(np.mean(change**2))),
        largest=float(np.abs(change).max(initial=0.0)),
        relabelled=relabelled,
    )
