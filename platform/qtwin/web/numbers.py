"""Numbers as people write them: the error decides how many digits the value shows."""

from __future__ import annotations

import math

MINUS = "−"
LONGEST = -7
"""Smallest power of ten that is written out."""
LEAST_STD = 1e-12
"""Errors below are not written out."""
LEAST_SIGMAS = 0.001
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


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
    """A value with a true minus sign, and none before a zero."""
    text = f"{value:z.{decimals}f}"
    return text.replace("-", MINUS)


def uncertain(value: float, std: float) -> str:
    """``−1.1373 ± 0.0004``; an exact value stands alone, and no error is printed as zero."""
    if 0 < std < LEAST_STD:
        return f"{significant(value)} ± {significant(std, 2)}"
    decimals = digits_of(std)
    if not std:
        return plain(value, decimals)
    return f"{plain(value, decimals)} ± {plain(std, decimals)}"


def significant(value: float, figures: int = 6) -> str:
    """A value to this many significant figures: ``0.00002``, and ``3 × 10⁻⁹`` beyond that."""
    text, _, power = f"{value:.{figures}g}".partition("e")
    if power and LONGEST <= int(power) < 0:
        text = f"{value:.{figures - 1 - int(power)}f}".rstrip("0")
    elif power:
        text += f" × 10{str(int(power)).translate(RAISED)}"
    return text.replace("-", MINUS)


def sigmas(value: float, *, signed: bool = False) -> str:
    """A number of standard deviations: ``−0.30 σ``, ``12 σ``, and ``< 0.001 σ`` below that."""
    if abs(value) < LEAST_SIGMAS:
        return f"< {LEAST_SIGMAS:g} σ"
    decimals = min(3, digits_of(abs(value))) if abs(value) < 10 else 0
    return f"{'+' if signed and value > 0 else ''}{plain(value, decimals)} σ"


def grouped(count: int) -> str:
    """A count with its thousands apart."""
    return f"{count:,}"


def duration(seconds: float) -> str:
    """A length of time to two figures or so: ``0.31 s``, ``4.5 min``, ``2.7 h``, ``3.1 days``."""
    if seconds < 100:
        return f"{significant(seconds, 2)} s"
    for size, unit, most in ((60, "min", 100), (3600, "h", 48)):
        if seconds / size < most:
            return f"{significant(seconds / size, 2)} {unit}"
    return f"{significant(seconds / 86_400, 2)} days"
