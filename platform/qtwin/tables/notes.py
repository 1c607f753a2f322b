"""What a person should know before believing a prediction."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from qtwin.fusion.base import Claim, Observations, Prediction, Role
from qtwin.tables.fuse import Fused
from qtwin.tables.hull import outside_bounds, outside_hull
from qtwin.tables.source import KnobKind, Scale, Source

_HIGH_C2 = 1.5


def notes(fused: Fused) -> list[str]:
    """Warnings, the ones about the claim first."""
    return [
        *_claim(fused, fused.first),
        *_places(fused),
        *_sources(fused),
        *_values(fused),
        *fused.data.warnings,
        *fused.points.warnings,
    ]


def _claim(fused: Fused, prediction: Prediction) -> Iterator[str]:
    count, wanted = prediction.references, 2 * len(fused.spec.controls) + 3
    if prediction.claim is Claim.UNANCHORED:
        why = (
            "the references say no more than the spread of the values" if count else "no reference"
        )
        widening = fused.fit.widening
        best = f"; widened to the class prior of source {widening.source!r}" if widening else ""
        yield f"unanchored: {why}, so no bias is known{best}"
    elif count == 0:
        yield "no reference at the limit of its knobs: nominal, the truth is extrapolated to it"
    elif prediction.claim is Claim.NOMINAL:
        yield f"few references: {count}; below 3 the interval is nominal, not a checked 95 %"
    elif count < wanted:
        yield f"few references: {count}; {wanted} or more make the calibration reliable"
    if prediction.c2 > _HIGH_C2:
        yield (
            f"references left out are missed by more than predicted; variances are inflated by "
            f"{prediction.c2:.2f}"
        )


def _places(fused: Fused) -> Iterator[str]:
    seen, x = fused.data.observations, fused.points.x
    beyond = outside_bounds(x, np.asarray(seen.bounds))
    yield from _where(fused, beyond, "outside the bounds of the controls")
    yield from _where(fused, outside_hull(x, seen.x) & ~beyond, "outside the hull of the data")


def _where(fused: Fused, rows: NDArray[np.bool_], words: str) -> Iterator[str]:
    if rows.any():
        line = fused.points.lines[int(np.flatnonzero(rows)[0])]
        points = f"{rows.sum()} of {len(rows)} points"
        yield f"extrapolation: {points} {words}, the first on line {line} of {fused.points.file}"


def _sources(fused: Fused) -> Iterator[str]:
    seen = fused.data.observations
    for index, source in enumerate(fused.spec.sources):
        rows = seen.source == index
        if not rows.any():
            yield f"source {source.name!r} has no rows"
            continue
        if rows.sum() == 1 and source.role is not Role.REFERENCE:
            yield f"source {source.name!r} has one row, so its bias is that of the prior"
        if source.role is Role.DEVICE:
            yield from _device(source, seen, rows)
        for knob in source.knobs:
            values = seen.gain if knob.kind is KnobKind.DAMPING else seen.knobs[knob.name]
            if np.unique(values[rows]).size == 1 and values[rows][0] != knob.limit:
                damping = "so nothing is extrapolated to 0 noise"
                other = "so how its error grows is that of the prior"
                why = damping if knob.kind is KnobKind.DAMPING else other
                yield f"knob {knob.name!r} of source {source.name!r} has one value, {why}"


def _device(source: Source, seen: Observations, rows: NDArray[np.bool_]) -> Iterator[str]:
    if source.scale is Scale.FIXED:
        yield (
            f'device {source.name!r}: "scale": "fixed" does nothing, since how far noise damps a '
            "device is always learned; leave it out, or give a source that nothing damps "
            '"role": "approximation"'
        )
    if np.isnan(seen.mixed_value[rows]).any():
        yield f"device {source.name!r}: the mixed value is learned; state it where it is known"
    if (seen.std[rows] == 0.0).all():
        yield f"device {source.name!r}: std is 0 everywhere, as if it had no shot noise"


def _values(fused: Fused) -> Iterator[str]:
    seen = fused.data.observations
    if len(seen.y) > 1 and np.ptp(seen.y) == 0.0:
        yield f"all values are equal to {float(seen.y[0])!r}"
