"""Checking what an agent wants to do, before anything happens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from qtwin.fusion.base import FloatArray


def checked(actions: Any, rows: int | None, components: Sequence[str]) -> FloatArray:
    """Actions as an array of shape ``(B, A)``.

    Args:
        actions: Shape ``(A,)`` of one environment, ``(B, A)`` of many. Numbers beyond -1 and 1 are
            allowed and mean the nearer of the two.
        rows: B; None of one environment.

    Raises:
        ValueError: Names the environment, the component and what is allowed.
    """
    shape = (len(components),) if rows is None else (rows, len(components))
    try:
        array = np.asarray(actions, dtype=np.float64)
    except (TypeError, ValueError):
        raise ValueError(
            f"the action is no array of numbers; allowed: shape {shape}, -1 to 1"
        ) from None
    if array.shape != shape:
        raise ValueError(
            f"the action has shape {array.shape}; allowed: {shape} for {', '.join(components)}"
        )
    table = array.reshape(-1, len(components))
    for row, column in np.argwhere(~np.isfinite(table)):
        raise ValueError(
            f"environment {row}: action {components[column]} = {table[row, column]}; "
            "allowed: -1 to 1"
        )
    return table
