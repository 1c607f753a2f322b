"""Points as they are typed: how many, or which."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from backends.errors import ProgramRejected
from backends.schema.experiment import FloatArray
from backends.systems import System
from qtwin.web.typed import number

SIDES = re.compile(r"[\s,;]+")


def middle(system: System) -> FloatArray:
    """The middle of the controls' ranges, shape ``(1, C)``."""
    return np.array([[(control.lower + control.upper) / 2 for control in system.controls]])


def design_of(text: str, controls: int, system: System) -> Any:
    """Points as campaigns take them: of a count, or of a list for one control.

    Raises:
        ProgramRejected: It is neither.
    """
    words = [word for word in SIDES.split(text.strip()) if word]
    values = [number(word) for word in words]
    if len(values) == 1 and isinstance(values[0], int) and values[0] > 0:
        if controls > 2:
            return {"latin_hypercube": {"count": values[0], "seed": 1}}
        return {
            "grid": {
                control.name: {"from": control.lower, "to": control.upper, "count": values[0]}
                for control in system.controls
            }
        }
    if controls == 1 and values and not any(isinstance(value, str) for value in values):
        return [[float(value)] for value in values]
    more = ", or a list of values" if controls == 1 else ""
    raise ProgramRejected(f"allowed: how many{more}", field="/points")
