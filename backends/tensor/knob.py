"""The limit of a bond dimension."""

from __future__ import annotations

import numpy as np

from backends.schema import KnobLimit


def truncated(name: str, default: float) -> KnobLimit:
    """A state of bond dimension χ: its error is taken to fall as ``χ**-2`` or faster.

    At a critical point of central charge c the energy errs by ``χ**(-2 κ)`` with
    ``κ = 6 / (c (√(12 / c) + 1))`` (Pollmann et al., Phys. Rev. Lett. 102, 255701 (2009)): 4.1 for
    c = 1/2 and 2.7 for c = 1; gapped states converge faster.
    """
    return KnobLimit(
        name=name, limit=np.inf, order=2.0, default=float(default), states_truncation=True
    )
