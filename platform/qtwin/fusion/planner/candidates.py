"""Every run that could be made: sources x settings x points x shot counts.

Shapes: ``C`` candidates, ``D`` controls, ``O`` shot counts to choose from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qtwin.fusion.base import FloatArray, IntArray, Observations, Role, SourceSpec
from qtwin.fusion.evidence.sites import Sites, unit_cube
from qtwin.fusion.planner.noise import Noise
from qtwin.fusion.planner.offer import Offer, Setting
from qtwin.fusion.planner.rows import Rows, repeats_of
from qtwin.fusion.star.posterior import StarFit

MOST = 2000
"""Candidates that one plan weighs."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Candidates:
    """Runs to choose from; a row is what is measured, a column how long.

    Attributes:
        x: Controls in their canonical units, shape ``(C, D)``.
        names: Source of each, length C.
        settings: Setting of each, length C.
        sites: The same as sites of the model without statistical error, in standardised units.
        repeats: Row of the fit's sites that each would repeat, shape ``(C,)``; -1 for none.
        known: Which have been run already, shape ``(C,)``.
        reference: Which see the truth itself, shape ``(C,)``.
        shots: Shape ``(C, O)``; 0 where a run has none, or unknown many.
        noise: Statistical variance in standardised units, shape ``(C, O)``.
        cost: Shape ``(C, O)``; infinite where a source has fewer choices.
    """

    x: FloatArray
    names: tuple[str, ...]
    settings: tuple[Setting, ...]
    sites: Sites
    repeats: IntArray
    known: NDArray[np.bool_]
    reference: NDArray[np.bool_]
    shots: IntArray
    noise: FloatArray
    cost: FloatArray

    def exact(self) -> NDArray[np.bool_]:
        """Which runs have no statistical error, shape ``(C,)``: repeating them teaches nothing."""
        exact: NDArray[np.bool_] = self.noise[:, 0] == 0.0
        return exact


def candidates_of(
    data: Observations,
    fit: StarFit,
    offers: Mapping[str, Offer],
    *,
    points: FloatArray,
    shots: FloatArray,
) -> Candidates:
    """All runs that the offers allow at ``points``, shape ``(P, D)``, in order of name.

    Raises:
        ValueError: There are no candidates, or too many.
    """
    specs = {spec.name: spec for spec in data.sources}
    table = Rows(like=fit.sites)
    unit = unit_cube(points, fit.bounds)
    shown: list[tuple[str, Setting]] = []
    noise, cost, counts = [], [], []
    for name in sorted(offers):
        past = _past(data, fit, name, shots)
        options = past.choices(offers[name])
        for setting in settings_of(data, specs[name], offers[name]):
            table.add(specs[name], setting, unit)
            shown += [(name, setting)] * len(unit)
            scale = fit.scale.factor**2
            noise.append(np.column_stack([past.variance(unit, n) / scale for n in options]))
            cost.append(np.tile(_costs(name, offers[name], options), (len(unit), 1)))
            counts.append(np.tile(options, (len(unit), 1)))
    if not 0 < len(shown) <= MOST:
        raise ValueError(f"{len(shown)} candidates; a plan weighs 1 to {MOST}")
    sites = table.sites()
    return Candidates(
        x=np.tile(points, (len(shown) // len(points), 1)),
        names=tuple(name for name, _ in shown),
        settings=tuple(setting for _, setting in shown),
        sites=sites,
        repeats=repeats_of(foundation(fit).sites, sites),
        known=repeats_of(fit.sites, sites) >= 0,
        reference=_references(sites),
        shots=_wide(counts, 0.0).astype(np.int64),
        noise=_wide(noise, 1.0),
        cost=_wide(cost, np.inf),
    )


def foundation(fit: StarFit) -> StarFit:
    """The fit that plans are made from: to the deciding part of very many measurements."""
    return fit if fit.coarse is None else fit.coarse


def settings_of(data: Observations, spec: SourceSpec, offer: Offer) -> tuple[Setting, ...]:
    """Settings that the source has run, then those offered; a fresh source has at least one."""
    rows = np.flatnonzero(data.source == data.sources.index(spec))
    device = spec.role is Role.DEVICE
    found = [
        Setting(
            gain=float(data.gain[row]) if device else None,
            knobs={knob.name: float(data.knobs[knob.name][row]) for knob in spec.knobs},
        )
        for row in rows
    ]
    gains = {setting.gain for setting in found}
    found += [s for s in offer.settings if len(gains) != 1 or s.gain in (None, *gains)]
    if not found:
        found = [Setting(gain=1.0 if device else None, knobs={k.name: k.limit for k in spec.knobs})]
    unique = {setting.key(): setting for setting in found}
    return tuple(unique[key] for key in sorted(unique, key=repr))


def _past(data: Observations, fit: StarFit, name: str, shots: FloatArray) -> Noise:
    index = [spec.name for spec in data.sources].index(name)
    rows = np.flatnonzero(data.source == index)
    order = rows[np.lexsort((shots[rows], data.std[rows], *data.x[rows].T))]
    return Noise(
        x=unit_cube(data.x[order], fit.bounds), var=data.std[order] ** 2, shots=shots[order]
    )


def _costs(name: str, offer: Offer, options: tuple[int, ...]) -> list[float]:
    costs = [offer.price.of(shots) for shots in options]
    if min(costs) <= 0.0:
        raise ValueError(
            f"source {name!r} has a price per shot only, and no known number of shots; state the "
            "shots of its runs, or a price per run"
        )
    return costs


def _references(sites: Sites) -> NDArray[np.bool_]:
    role = np.array([spec.role is Role.REFERENCE for spec in sites.specs])[sites.source]
    at_limit: NDArray[np.bool_] = role & ~sites.distance.any(axis=1)
    return at_limit


def _wide(blocks: list[NDArray[np.float64]], filler: float) -> FloatArray:
    width = max(block.shape[1] for block in blocks)
    return np.concatenate(
        [
            np.pad(np.asarray(b, float), ((0, 0), (0, width - b.shape[1])), constant_values=filler)
            for b in blocks
        ]
    )
