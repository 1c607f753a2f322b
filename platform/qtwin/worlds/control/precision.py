"""In which precision a world's states are computed.

Single precision takes half of the time and of the memory. Rounding then moves a final state
(2-norm) by less than `A_STEP` times the square root of the number of steps of time, as random
errors add up; 0.2 to 0.7 of it were measured with every kind of system.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from backends.errors import ProgramRejected
from backends.systems.document import Document
from backends.systems.pauli import ComplexArray

SINGLE, DOUBLE = "single", "double"
PRECISIONS = (SINGLE, DOUBLE)
LEAST_TOLERANCE = 1e-4
"""Of worlds in single precision."""
A_STEP = 1e-6
SMALL = 0.5
"""Share of the tolerance that rounding may take."""


def parse(document: Document, tolerance: float) -> str | None:
    """Read ``precision``; None where the document does not say, and `chosen` does.

    Raises:
        ProgramRejected: It is none, or rounding is more than the tolerance.
    """
    if document.entry("precision", None) is None:
        return None
    asked = document.choice("precision", PRECISIONS)
    if asked == SINGLE and tolerance < LEAST_TOLERANCE:
        raise ProgramRejected(
            f"precision = single with a tolerance of {tolerance:g}; allowed: double, or a "
            f"tolerance of {LEAST_TOLERANCE:g} or more",
            field=document.at("precision"),
        )
    return asked


def chosen(tolerance: float, steps: int) -> str:
    """What fits a tolerance after so many steps of time."""
    fits = tolerance >= LEAST_TOLERANCE and A_STEP * steps**0.5 <= SMALL * tolerance
    return SINGLE if fits else DOUBLE


def kind(precision: str) -> Any:
    """Complex type of the states."""
    return np.complex64 if precision == SINGLE else np.complex128


def settled(states: Any) -> ComplexArray:
    """States in double precision; those that were computed in single with the norm 1.

    That rounding changed the norm is all that is seen of it in a state, and most of it in long
    schedules.

    Args:
        states: Shape ``(..., 2**n)``.
    """
    array = np.asarray(states)
    if array.dtype == np.complex128:
        return array
    found = array.astype(np.complex128)
    found /= np.linalg.norm(found, axis=-1, keepdims=True)
    return found
