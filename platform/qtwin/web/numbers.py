"""Numbers as people write them: the error decides how many digits the value shows."""

from __future__ import annotations

import math

MINUS = "−"


def digits_of(std: float) -> int:
    """Decimals for a value with this error: one or two figures of it (the 3-5-4 rule).

    An error whose leading figures are 100 to 354 is shown with two, otherwise with one.
    """
    if not (math.isfinite(std) and std > 0):
        return 6
    exponent = math.floor(math.log10(std))
    leading = round(std / 10.0 ** (exponent - 2))
    return min(12, max(0, -exponent + (1 if leading <= 354 else 0)))


def plain(value: float, decimals: int) -> str:
    """A value with a true minus sign."""
    text = f"{value:.{decimals}f}"
    return text.replace("-", MINUS)


def uncertain(value: float, std: float) -> str:
    """``−1.1373 ± 0.0004``; an exact value stands alone."""
    decimals = digits_of(std)
    if not std:
        return plain(value, decimals)
    return f"{plain(value, decimals)} ± {plain(std, decimals)}"


def significant(value: float, figures: int = 6) -> str:
    """A value to this many significant figures, without an exponent where that reads well."""
    return f"{value:.{figures}g}".replace("-", MINUS)
