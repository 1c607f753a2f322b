"""PREDICTIONS.csv: belief about the truth, its variance by cause, and the shares of the sources.

Columns: the controls; ``mean``, ``std``, ``lo95``, ``hi95``; ``var_epistemic``, ``var_shot``,
``var_jitter``, ``var_hyper``, ``var_shared_bias`` and ``var_bias_<source>`` of every source of the
spec, which sum to ``std`` squared; ``share_<source>`` of every source, which sum to 1. A source
without rows, and the bias of a reference, is 0. Numbers have all their digits.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import numpy as np

from qtwin.fusion.base import FloatArray, Prediction
from qtwin.tables.spec import Spec

_NAMES = {"hyperparameters": "var_hyper"}
_CAUSES = ("var_epistemic", "var_shot", "var_jitter", "var_hyper", "var_shared_bias")
_AT_ONCE = 1000

Table = dict[str, FloatArray]
"""Columns by name, each shape ``(M,)``."""


def predict(predictor: Callable[[FloatArray], Prediction], x: FloatArray, spec: Spec) -> Table:
    """The table of predictions at ``x``, shape ``(M, D)``, in bounded memory."""
    parts = [
        _columns(predictor(x[start : start + _AT_ONCE]), spec)
        for start in range(0, len(x), _AT_ONCE)
    ]
    table = {control.name: x[:, d] for d, control in enumerate(spec.controls)}
    return table | {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def to_csv(table: Table) -> str:
    """The table as text; each number reads back as it is."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(table)
    writer.writerows(zip(*(column.tolist() for column in table.values()), strict=True))
    return out.getvalue()


def to_rows(table: Table) -> list[dict[str, float]]:
    """The table as one object for each point."""
    columns = [column.tolist() for column in table.values()]
    return [dict(zip(table, row, strict=True)) for row in zip(*columns, strict=True)]


def _columns(prediction: Prediction, spec: Spec) -> Table:
    names = [source.name for source in spec.sources]
    zero = np.zeros_like(prediction.mean)
    budget = dict(prediction.budget)
    bias = {f"var_bias_{name}": budget.pop(f"bias:{name}", zero) for name in names}
    return {
        "mean": prediction.mean,
        "std": prediction.std,
        "lo95": prediction.lower,
        "hi95": prediction.upper,
        **dict.fromkeys(_CAUSES, zero),
        **{_NAMES.get(key, f"var_{key}"): part for key, part in budget.items()},
        **bias,
        **{f"share_{name}": prediction.shares.get(name, zero) for name in names},
    }
