"""How two stored fits differ, for the predictor process: JSON in, JSON out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from qtwin.fusion.questions.difference import Evidence, difference
from qtwin.fusion.star.posterior import StarFit
from qtwin.twins.predictor.document import read_document


def compare(asked: dict[str, Any], load: Callable[[str], StarFit]) -> dict[str, Any]:
    """``before`` and ``after`` each name a file, the observations, and the rows of their blocks."""
    before, after = (_evidence(asked[side], load) for side in ("before", "after"))
    return difference(before, after)


def _evidence(side: dict[str, Any], load: Callable[[str], StarFit]) -> Evidence:
    return Evidence(
        fit=load(side["path"]),
        data=read_document(side["data"])[0],
        blocks=[np.array(rows, dtype=np.int64) for rows in side["blocks"]],
    )
