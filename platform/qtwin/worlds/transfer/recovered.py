"""Intervals of a difference and of a ratio from the intervals of their two parts.

The method of variance estimates recovery (Zou & Donner 2008, Statistics in Medicine 27, 1693; for
ratios Donner & Zou 2012, Statistical Methods in Medical Research 21, 347). The parts may be
intervals of any kind and lopsided; of two Wilson intervals the difference is Newcombe's (1998).
It takes the parts as independent: with parts that rise and fall together it is too wide.
"""

from __future__ import annotations

from math import sqrt

from qtwin.worlds.transfer.intervals import Interval


def difference(a: Interval, b: Interval) -> Interval:
    """Of ``a - b``."""
    value = a.value - b.value
    below = sqrt((a.value - a.lower) ** 2 + (b.upper - b.value) ** 2)
    above = sqrt((a.upper - a.value) ** 2 + (b.value - b.lower) ** 2)
    return Interval(
        value=value,
        lower=value - below,
        upper=value + above,
        method="variance recovery from both intervals, as independent",
        level=a.level,
    )


def ratio(a: Interval, b: Interval) -> Interval | None:
    """Of ``a / b``; None where b may be 0, and the ratio anything."""
    if b.upper < 0:
        a, b = _negative(a), _negative(b)
    if b.lower <= 0:
        return None
    product = a.value * b.value
    lower = (
        product
        - sqrt(
            max(
                0.0,
                product**2 - a.lower * b.upper * (2 * a.value - a.lower) * (2 * b.value - b.upper),
            )
        )
    ) / (b.upper * (2 * b.value - b.upper))
    upper = (
        product
        + sqrt(
            max(
                0.0,
                product**2 - a.upper * b.lower * (2 * a.value - a.upper) * (2 * b.value - b.lower),
            )
        )
    ) / (b.lower * (2 * b.value - b.lower))
    return Interval(
        value=a.value / b.value,
        lower=lower,
        upper=upper,
        method="variance recovery from both intervals, as independent",
        level=a.level,
    )


def _negative(x: Interval) -> Interval:
    return Interval(value=-x.value, lower=-x.upper, upper=-x.lower, method=x.method, level=x.level)
