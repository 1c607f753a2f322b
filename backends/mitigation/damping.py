"""What circuits of known values say of a device: how it damps, and whether mitigation helped.

A device that damps every traceless observable by one factor gives ``r_a = c d_a`` of an anchor,
where ``d_a`` is the known and ``r_a`` the measured value, each less that of the maximally mixed
state. The factor is the ratio estimator through the origin (Cochran, Sampling Techniques, 3rd
ed., chapter 6; noise-estimation circuits: Urbanek et al., Phys. Rev. Lett. 127, 270502 (2021))

``c = sum_a d_a r_a / sum_a d_a^2``,
``var(c) = max(sum_a d_a^2 v_a, sum_a d_a^2 e_a^2) / (sum_a d_a^2)^2``

with the variances ``v_a`` of the shots, and how far each anchor is from the line of the others,
``e_a = (r_a - c d_a) / (1 - d_a^2 / sum_b d_b^2)``: the variance that their scatter shows (HC3 of
MacKinnon & White, J. Econometrics 29, 305 (1985)), where they differ by more than their shots.
Runs are pooled by their variances, scaled by Birge's ratio ``S^2 = max(1, chi^2 / (K - 1))``
(Birge, Phys. Rev. 40, 207 (1932)).

Shapes use ``K`` for anchors and ``O`` for observables.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from backends.schema.experiment import FloatArray

LEAST = 1e-6
"""Known values that differ by less from the mixed state's, of the largest, say nothing."""
SIGMAS = 2.0
"""By how many errors mitigation must have moved the anchors to be called better or worse."""

LARGEST, SHARPEST = 10.0, 1e-6
"""No damping is larger, and none is known better."""
ROUNDING = 1e-9
"""Squared distances of exact values that differ by less, relative to the values', are equal."""


class Verdict(StrEnum):
    """What anchors say of mitigation; ``OPEN`` where the difference is within the noise."""

    WORSE = "worse"
    BETTER = "better"
    OPEN = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Damping:
    """Factor by which a device damps an observable.

    Attributes:
        anchors: How many it is from.
        scatter: By how much their scatter widens the error of the shots, at least 1.
    """

    value: float
    std_error: float
    anchors: int
    scatter: float


def damping(
    exact: FloatArray, mixed: FloatArray, values: FloatArray, errors: FloatArray
) -> Damping | None:
    """Of one observable, each shape ``(K,)``; None where no anchor tells, or none has an error."""
    known, seen = exact - mixed, values - mixed
    telling = np.isfinite(seen) & np.isfinite(errors) & (errors > 0.0)
    telling &= np.abs(known) > LEAST * max(1.0, float(np.abs(known).max(initial=0.0)))
    if not telling.any():
        return None
    known, seen, variance = known[telling], seen[telling], errors[telling] ** 2
    square = float(known @ known)
    value = float(known @ seen) / square
    shots, count = float(known**2 @ variance), len(known)
    left_out = (seen - value * known) / np.maximum(1.0 - known**2 / square, LEAST)
    scatter = float(known**2 @ left_out**2)
    widest = max(shots, scatter if count > 1 else 0.0)
    return Damping(
        value=value,
        std_error=widest**0.5 / square,
        anchors=count,
        scatter=(widest / shots) ** 0.5,
    )


def pooled(found: Sequence[Damping]) -> Damping | None:
    """Several runs' factors as one, weighted by their variances; None where there are none.

    Their order does not matter, down to the last bit.
    """
    if not found:
        return None
    found = sorted(found, key=lambda one: (one.value, one.std_error))
    values = np.array([one.value for one in found])
    weights = np.array([one.std_error for one in found]) ** -2.0
    value = float(weights @ values / weights.sum())
    scatter = _birge(weights * (values - value) ** 2)
    return Damping(
        value=value,
        std_error=scatter * float(weights.sum()) ** -0.5,
        anchors=sum(one.anchors for one in found),
        scatter=scatter,
    )


def read_damping(document: Any) -> Damping | None:
    """As `summary` writes it; None for anything else, which may come from an archive."""
    if not isinstance(document, Mapping):
        return None
    numbers = [document.get(name) for name in ("value", "std_error", "scatter", "anchors")]
    if not all(type(one) in (int, float) for one in numbers):
        return None
    value, error, scatter, count = np.array(numbers, dtype=np.float64).tolist()
    if not (abs(value) <= LARGEST and SHARPEST <= error < np.inf and min(scatter, count) >= 1.0):
        return None
    if not np.isfinite([scatter, count]).all():
        return None
    return Damping(value=value, std_error=error, anchors=int(count), scatter=scatter)


def verdict(
    exact: FloatArray,
    raw: tuple[FloatArray, FloatArray],
    mitigated: tuple[FloatArray, FloatArray],
) -> Verdict | None:
    """Whether mitigation took the anchors of one observable nearer to what is known.

    The squared distances of all anchors are compared, less what the shots add to them.

    Args:
        raw: Values and errors, shape ``(K,)`` each.
        mitigated: The same.
    """
    there = np.isfinite(raw[0] + raw[1] + mitigated[0] + mitigated[1])
    if not there.any():
        return None
    before, after = (_distance(exact, pair, there) for pair in (raw, mitigated))
    moved, noise = after[0] - before[0], float(np.hypot(before[1], after[1]))
    rounding = ROUNDING * max(1.0, float((exact**2).sum()))
    if abs(moved) <= SIGMAS * noise + rounding:
        return Verdict.OPEN
    return Verdict.WORSE if moved > 0.0 else Verdict.BETTER


def summary(
    observables: Sequence[str], reports: Sequence[Mapping[str, Any]]
) -> dict[str, dict[str, Any]]:
    """Of each observable what the reports of anchors say, JSON values only.

    Args:
        observables: Names of the ``O`` columns.
        reports: Each with ``ideal`` and ``mixed`` of length ``O``, and ``raw`` and ``mitigated`` as
            ``values`` and ``std_errors``, or None where there are none.

    Returns:
        ``damping``: of the values that the source reports, mitigated ones where there are any.
        ``verdicts``: on mitigation. Observables that nothing is said of are left out.
    """
    if not reports:
        return {"damping": {}, "verdicts": {}}
    exact = np.array([one["ideal"] for one in reports], dtype=np.float64)
    raw = tuple(_table(reports, "raw", part) for part in ("values", "std_errors"))
    better = tuple(_table(reports, "mitigated", part) for part in ("values", "std_errors"))
    reported = better if any(one.get("mitigated") for one in reports) else raw
    dampings: dict[str, Any] = {}
    verdicts: dict[str, Any] = {}
    for column, name in enumerate(observables):
        if all("mixed" in one for one in reports):
            mixed = np.array([one["mixed"][column] for one in reports])
            values, errors = (part[:, column] for part in reported)
            factor = damping(exact[:, column], mixed, values, errors)
            dampings |= {name: asdict(factor)} if factor else {}
        pairs = [(values[:, column], errors[:, column]) for values, errors in (raw, better)]
        said = verdict(exact[:, column], pairs[0], pairs[1])
        verdicts |= {name: said.value} if said else {}
    return {"damping": dampings, "verdicts": verdicts}


def _birge(pulls: FloatArray) -> float:
    """S from squared pulls around an estimate of one number."""
    return max(1.0, float(pulls.sum()) / (len(pulls) - 1)) ** 0.5 if len(pulls) > 1 else 1.0


def _distance(
    exact: FloatArray, pair: tuple[FloatArray, FloatArray], there: Any
) -> tuple[float, float]:
    """Sum of squared distances less their shots' part, and its standard error."""
    off, variance = (pair[0] - exact)[there], pair[1][there] ** 2
    spread = 4.0 * off**2 * variance + 2.0 * variance**2
    return float((off**2 - variance).sum()), float(spread.sum()) ** 0.5


def _table(reports: Sequence[Mapping[str, Any]], kind: str, part: str) -> FloatArray:
    """Shape ``(K, O)``; NaN where there is nothing."""
    rows = []
    for one in reports:
        found = (one.get(kind) or {}).get(part)
        rows.append(found if found is not None else [float("nan")] * len(one["ideal"]))
    return np.array(rows, dtype=np.float64)
