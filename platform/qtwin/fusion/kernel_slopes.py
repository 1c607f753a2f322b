"""Derivatives of the Matérn-5/2 correlation along one control.

With ``s = √5 r``, ``e = exp(-s)``, ``λ = 1/l²`` of that control, ``δ`` the difference in it and
``w = 5 λ δ² / s²`` its part of the distance (1 when it is the only one):

``k' = -5/3 λ δ (1 + s) e``,  ``k'' = -5/3 λ (1 + s - w s²) e``,
``k''' = 25/3 λ² δ (3 - w s) e``,  ``k'''' = 25/3 λ² (3 - 6 w s + w² s (1 + s)) e``.

``k''''(0) = 25 λ²`` is finite, so a process with this kernel has two derivatives in mean square
(Stein 1999, section 2.7: m of them when ν > m, and ν = 5/2). The fifth derivative of k jumps at
zero: the second derivative of the process is continuous and rough, and there is no third one.
"""

from __future__ import annotations

import numpy as np

from qtwin.fusion.base import FloatArray
from qtwin.fusion.kernel import matern52

MOST = 2
"""Derivatives that the process has in mean square."""


def matern52_along(
    delta: FloatArray, d2: FloatArray, inverse_length2: float, order: int
) -> FloatArray:
    """``d^order k / dδ^order``, order 0 to 4.

    Args:
        delta: Differences in the control, any shape.
        d2: Squared scaled distances over all controls, the same shape.
        inverse_length2: ``1/l²`` of the control.
        order: Of the derivative.
    """
    matern = matern52(d2)
    if order == 0:
        return matern.value
    s, scaled = matern.reach, inverse_length2 * delta
    part = np.divide(5.0 * scaled * delta, s**2, out=np.zeros_like(s), where=s > 0.0)
    value: FloatArray = matern.decay * (
        -5.0 / 3.0 * scaled * (1.0 + s)
        if order == 1
        else -5.0 / 3.0 * inverse_length2 * (1.0 + s - part * s**2)
        if order == 2
        else 25.0 / 3.0 * inverse_length2 * scaled * (3.0 - part * s)
        if order == 3
        else 25.0 / 3.0 * inverse_length2**2 * (3.0 - 6.0 * part * s + part**2 * s * (1.0 + s))
    )
    return value
