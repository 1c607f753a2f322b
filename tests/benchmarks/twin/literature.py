"""Test functions of the multi-fidelity literature on the unit cube, the highest fidelity first.

Each takes points of shape ``(N, D)`` in the unit cube and returns shape ``(N,)``.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from qtwin.fusion.base import FloatArray

Function = Callable[[FloatArray], FloatArray]


def forrester(x: FloatArray) -> FloatArray:
    """Forrester, Sobester & Keane, Proc. R. Soc. A 463, 3251 (2007)."""
    values: FloatArray = (6 * x[:, 0] - 2) ** 2 * np.sin(12 * x[:, 0] - 4)
    return values


def _forrester_low(x: FloatArray) -> FloatArray:
    return 0.5 * forrester(x) + 10 * (x[:, 0] - 0.5) - 5


def _branin(u: FloatArray, v: FloatArray) -> FloatArray:
    parabola = -1.275 * u**2 / np.pi**2 + 5 * u / np.pi + v - 6
    values: FloatArray = parabola**2 + (10 - 5 / (4 * np.pi)) * np.cos(u) + 10
    return values


def branin(x: FloatArray) -> FloatArray:
    """Branin on [-5, 10] x [0, 15]; three levels as Perdikaris et al. (2017).

    Proc. R. Soc. A 473, 20160751.
    """
    return _branin(15 * x[:, 0] - 5, 15 * x[:, 1])


def _branin_shifted(u: FloatArray, v: FloatArray) -> FloatArray:
    return 10 * np.sqrt(_branin(u - 2, v - 2)) + 2 * (u - 0.5) - 3 * (3 * v - 1) - 1


def _branin_middle(x: FloatArray) -> FloatArray:
    return _branin_shifted(15 * x[:, 0] - 5, 15 * x[:, 1])


def _branin_low(x: FloatArray) -> FloatArray:
    u, v = 15 * x[:, 0] - 5, 15 * x[:, 1]
    return _branin_shifted(1.2 * (u + 2), 1.2 * (v + 2)) - 3 * v + 1


_HARTMANN_RATES = np.array([[3, 10, 30], [0.1, 10, 35], [3, 10, 30], [0.1, 10, 35]])
_HARTMANN_CENTRES = np.array(
    [
        [0.3689, 0.1170, 0.2673],
        [0.4699, 0.4387, 0.7470],
        [0.1091, 0.8732, 0.5547],
        [0.0381, 0.5743, 0.8828],
    ]
)
_HARTMANN_WEIGHTS = np.array([1.0, 1.2, 3.0, 3.2])
_HARTMANN_SHIFT = np.array([0.01, -0.01, -0.1, 0.1])


def _hartmann(level: int) -> Function:
    """Weights moved by the level, as Kandasamy et al., NeurIPS 29 (2016), for fidelities."""

    def at(x: FloatArray) -> FloatArray:
        squares = (x[:, None] - _HARTMANN_CENTRES) ** 2
        wells = np.exp(-(_HARTMANN_RATES * squares).sum(axis=2))
        values: FloatArray = -wells @ (_HARTMANN_WEIGHTS + level * _HARTMANN_SHIFT)
        return values

    return at


def park(x: FloatArray) -> FloatArray:
    """Park in four dimensions; Cox, Park & Singer, Comput. Stat. Data Anal. 37, 77 (2001)."""
    x1, x2, x3, x4 = np.maximum(x, 1e-8).T
    root = np.sqrt(1 + (x2 + x3**2) * x4 / x1**2)
    values: FloatArray = x1 / 2 * (root - 1) + (x1 + 3 * x4) * np.exp(1 + np.sin(x3))
    return values


def _park_low(x: FloatArray) -> FloatArray:
    """Xiong, Qian & Wu, Technometrics 55, 37 (2013)."""
    x1, x2, x3, _ = x.T
    values: FloatArray = (1 + np.sin(x1) / 10) * park(x) - 2 * x1 + x2**2 + x3**2 + 0.5
    return values


_BOREHOLE_LOW = np.array([0.05, 100, 63070, 990, 63.1, 700, 1120, 9855])
_BOREHOLE_HIGH = np.array([0.15, 50000, 115600, 1110, 116, 820, 1680, 12045])


def _borehole(factor: float, offset: float) -> Function:
    """Morris, Mitchell & Ylvisaker (1993); low fidelity by Xiong, Qian & Wu (2013)."""

    def at(x: FloatArray) -> FloatArray:
        scaled = _BOREHOLE_LOW + (_BOREHOLE_HIGH - _BOREHOLE_LOW) * x
        radius, reach, upper, upper_head, lower, lower_head, length, conductivity = scaled.T
        log = np.log(reach / radius)
        leak = 2 * length * upper / (log * radius**2 * conductivity)
        flow = factor * upper * (upper_head - lower_head)
        values: FloatArray = flow / (log * (offset + leak + upper / lower))
        return values

    return at


def currin(x: FloatArray) -> FloatArray:
    """Currin, Mitchell, Morris & Ylvisaker, J. Am. Stat. Assoc. 86, 953 (1991)."""
    x1, x2 = x.T
    cubic = 2300 * x1**3 + 1900 * x1**2 + 2092 * x1 + 60
    values: FloatArray = (
        (1 - np.exp(-0.5 / np.maximum(x2, 1e-12)))
        * cubic
        / (100 * x1**3 + 500 * x1**2 + 4 * x1 + 20)
    )
    return values


def _currin_low(x: FloatArray) -> FloatArray:
    """Mean over four moved points, none below x2 = 0; Xiong, Qian & Wu (2013)."""
    moves = np.array([[0.05, 0.05], [0.05, -0.05], [-0.05, 0.05], [-0.05, -0.05]])
    moved = [x + move for move in moves]
    values: FloatArray = np.mean(
        [currin(np.column_stack([p[:, 0], np.maximum(p[:, 1], 0)])) for p in moved], axis=0
    )
    return values


def _half(x: FloatArray, sign: float) -> FloatArray:
    smooth: FloatArray = 1 / (1 + np.exp(-25 * sign * (x[:, 0] - 0.5)))
    return smooth


def half_wrong(x: FloatArray) -> FloatArray:
    """Our own: two biased sources, each right on one half, and a source that is junk."""
    values: FloatArray = np.sin(7 * x[:, 0]) + 0.6 * np.cos(13 * x[:, 0])
    return values


def _left(x: FloatArray) -> FloatArray:
    return half_wrong(x) + 1.2 * _half(x, 1) * np.sin(11 * x[:, 0] + 1)


def _right(x: FloatArray) -> FloatArray:
    return half_wrong(x) + 1.2 * _half(x, -1) * np.cos(9 * x[:, 0])


def _junk(x: FloatArray) -> FloatArray:
    values: FloatArray = 1.5 * np.sin(23 * x[:, 0] + 2)
    return values


FUNCTIONS: dict[str, tuple[Function, ...]] = {
    "forrester": (forrester, _forrester_low),
    "branin": (branin, _branin_middle, _branin_low),
    "hartmann3": (_hartmann(0), _hartmann(1), _hartmann(2)),
    "park": (park, _park_low),
    "borehole": (_borehole(2 * np.pi, 1.0), _borehole(5.0, 1.5)),
    "currin": (currin, _currin_low),
    "half-wrong": (half_wrong, _left, _right, _junk),
}
