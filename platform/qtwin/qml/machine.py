"""Classification and regression with a kernel that is given, by scikit-learn.

``N`` trained points, ``M`` others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from qtwin.fusion.base import FloatArray, IntArray
from qtwin.qml.library import learn

PENALTIES = (0.1, 1.0, 10.0, 100.0)
RIDGES = (1e-6, 1e-4, 1e-2, 1e-1, 1.0)
FOLDS = 4


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Classified:
    """What a trained machine says of other points.

    Attributes:
        labels: 0 or 1, shape ``(M,)``.
        margins: Its decision function, above 0 for 1, shape ``(M,)``.
        penalty: ``C`` that was used, the inverse of the regularisation.
    """

    labels: IntArray
    margins: FloatArray
    penalty: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Regressed:
    """What kernel ridge regression says of other points.

    Attributes:
        values: Shape ``(M,)``.
        ridge: The regularisation that was used.
    """

    values: FloatArray
    ridge: float


def classify(
    kernel: FloatArray,
    labels: IntArray,
    others: FloatArray,
    *,
    penalties: Sequence[float] = PENALTIES,
    groups: FloatArray | None = None,
) -> Classified:
    """Train a support vector machine; of several penalties cross-validation chooses.

    Args:
        kernel: Of the trained points, shape ``(N, N)``.
        labels: 0 or 1, shape ``(N,)``.
        others: Of others with the trained points, shape ``(M, N)``.
        penalties: Values of ``C``.
        groups: Points that are left out together are those of one group, shape ``(N,)``.

    Raises:
        ValueError: Shapes do not fit, or all labels are the same.
        MissingLibrary: scikit-learn is not installed.
    """
    _check(kernel, labels, others)
    machine, penalty = _chosen(
        learn("svm").SVC(kernel="precomputed"),
        "C",
        penalties,
        (kernel, labels, groups),
        _folds(labels, groups),
    )
    return _classified(machine, others, penalty)


def logistic(
    x: FloatArray,
    labels: IntArray,
    others: FloatArray,
    *,
    penalties: Sequence[float] = PENALTIES,
    groups: FloatArray | None = None,
) -> Classified:
    """Logistic regression on features ``(N, F)``, asked about others ``(M, F)``.

    Raises:
        ValueError: All labels are the same.
        MissingLibrary: scikit-learn is not installed.
    """
    machine, penalty = _chosen(
        learn("linear_model").LogisticRegression(max_iter=2000),
        "C",
        penalties,
        (x, labels, groups),
        _folds(labels, groups),
    )
    return _classified(machine, others, penalty)


def _folds(labels: IntArray, groups: FloatArray | None) -> Any:
    """How labelled points are left out; None where there are too few for that."""
    if set(labels.tolist()) != {0, 1}:
        raise ValueError(f"labels {sorted(set(labels.tolist()))}; allowed: both 0 and 1")
    members = np.arange(len(labels)) if groups is None else groups
    folds = min(FOLDS, *(len(np.unique(members[labels == label])) for label in (0, 1)))
    if folds < 2:
        return None
    selection = learn("model_selection")
    if groups is None:
        return selection.StratifiedKFold(folds)
    return selection.StratifiedGroupKFold(folds)


def _classified(machine: Any, others: FloatArray, penalty: float) -> Classified:
    return Classified(
        labels=np.asarray(machine.predict(others), dtype=np.int64),
        margins=np.asarray(machine.decision_function(others), dtype=np.float64),
        penalty=penalty,
    )


def regress(
    kernel: FloatArray, y: FloatArray, others: FloatArray, *, ridges: Sequence[float] = RIDGES
) -> Regressed:
    """Kernel ridge regression around the mean of ``y``; of several ridges cross-validation chooses.

    Raises:
        ValueError: Shapes do not fit.
        MissingLibrary: scikit-learn is not installed.
    """
    _check(kernel, y, others)
    middle, folds = float(y.mean()), min(FOLDS, len(y))
    machine, ridge = _chosen(
        learn("kernel_ridge").KernelRidge(kernel="precomputed"),
        "alpha",
        ridges,
        (kernel, y - middle, None),
        learn("model_selection").KFold(folds, shuffle=True, random_state=0) if folds > 1 else None,
    )
    return Regressed(values=np.asarray(middle + machine.predict(others)), ridge=ridge)


def _chosen(
    machine: Any,
    name: str,
    values: Sequence[float],
    data: tuple[Any, ...],
    folds: Any,
) -> tuple[Any, float]:
    """The machine with the best value, trained on x, y and groups; without folds, the first."""
    if len(values) == 1 or folds is None:
        return machine.set_params(**{name: values[0]}).fit(*data[:2]), float(values[0])
    scoring = "neg_mean_squared_error" if name == "alpha" else "accuracy"
    search = learn("model_selection").GridSearchCV(
        machine, {name: list(values)}, cv=folds, scoring=scoring
    )
    search.fit(*data[:2], groups=data[2])
    return search.best_estimator_, float(search.best_params_[name])


def _check(kernel: FloatArray, y: FloatArray | IntArray, others: FloatArray) -> None:
    size = len(y)
    if kernel.shape != (size, size) or others.ndim != 2 or others.shape[1] != size:
        raise ValueError(
            f"kernel {kernel.shape}, others {others.shape}; allowed: ({size}, {size}), (M, {size})"
        )
