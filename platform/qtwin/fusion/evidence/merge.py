"""Merge observations into sites: canonical order, repeats pooled, shared shots kept.

Repeats of a site share one jitter latent, so the merged posterior is the unmerged one: with the
statistical covariance V of the observations and A the matrix that maps sites to them, the best
linear estimate ``(AᵀV⁻¹A)⁻¹ AᵀV⁻¹ y`` and its covariance ``(AᵀV⁻¹A)⁻¹`` suffice. What a device has
drifted since is the same for all repeats, so it is added after that.
Shapes: ``n`` observations, ``N`` sites, ``D`` controls, ``Q`` knobs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qtwin.fusion.base import FloatArray, IntArray, Observations, Role, SourceSpec
from qtwin.fusion.evidence.checks import check_observations
from qtwin.fusion.evidence.conflict import check_references, check_repeats
from qtwin.fusion.evidence.pooling import age, pool, share
from qtwin.fusion.evidence.sites import SAME_X, Sites, unit_cube


def merge(data: Observations, *, like: Sites | None = None) -> Sites:
    """Sort canonically and merge repeats of one (source, x, gain, knobs, epoch, branch).

    Args:
        data: The observations.
        like: Sites whose unit of each knob's distance is kept, where it has one.

    Raises:
        ValueError: The observations are malformed.
        Contradiction: Repeats or references differ by more than their errors.
    """
    check_observations(data)
    table = _table(data)
    order = np.lexsort(table.all[:, ::-1].T)
    key = table.key[order]
    starts = np.r_[True, np.any(key[1:] != key[:-1], axis=1)]
    site = np.empty(len(order), dtype=np.int64)
    site[order] = np.cumsum(starts) - 1
    first = order[starts]
    check_repeats(data, site, table.source[first], table.specs)
    y, mixed, var = pool(data, site, table.mixed)
    shared = share(data, site, y, var) if data.groups else None
    if data.drift is not None:
        var = var + age(data.drift, site, np.where(table.unknown[first], 0.0, y - mixed))
    reach = _reach(table, like)
    sites = Sites(
        x=table.x[first],
        y=y,
        var=var,
        source=table.source[first],
        gain=table.gain[first],
        mixed=np.where(table.unknown[first], 0.0, mixed),
        mixed_unknown=table.unknown[first],
        distance=_scaled(table.distance[first], reach[table.source[first]]),
        reach=reach,
        knob_names=table.knob_names,
        epoch=table.epoch[first],
        epoch_names=table.epoch_names,
        branch=table.branch[first],
        shared=shared,
        specs=table.specs,
    )
    check_references(data, site, sites)
    return sites


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Table:
    """Columns of the observations that decide the sites."""

    specs: tuple[SourceSpec, ...]
    source: IntArray
    x: FloatArray
    gain: FloatArray
    mixed: FloatArray
    unknown: np.ndarray
    distance: FloatArray
    knob_names: tuple[str, ...]
    epoch: IntArray
    epoch_names: tuple[str, ...]
    branch: IntArray
    key: FloatArray
    all: FloatArray


def _table(data: Observations) -> _Table:
    names = sorted({data.sources[i].name for i in data.source})
    specs = tuple(sorted((s for s in data.sources if s.name in names), key=lambda s: s.name))
    rank = np.array([names.index(s.name) if s.name in names else -1 for s in data.sources])
    source = rank[data.source].astype(np.int64)
    device = np.array([s.role is Role.DEVICE for s in data.sources])[data.source]
    reference = np.array([s.role is Role.REFERENCE for s in data.sources])[data.source]
    rescaled = np.array([s.learn_scale and s.role is Role.APPROXIMATION for s in data.sources])
    unknown = (device & np.isnan(data.mixed_value)) | rescaled[data.source]
    mixed = np.where(device & ~unknown, data.mixed_value, 0.0)
    gain = np.where(device, data.gain, 1.0)
    x = unit_cube(np.asarray(data.x, dtype=np.float64), np.asarray(data.bounds, dtype=np.float64))
    knob_names = tuple(sorted({knob.name for spec in specs for knob in spec.knobs}))
    distance = _distance(data, specs, source, knob_names)
    epoch, epoch_names = _codes(data.epoch, device)
    branch, _ = _codes(data.branch, ~reference)
    key = np.column_stack(
        [source, np.round(x, SAME_X) + 0.0, gain, distance, epoch, branch, unknown]
    )
    return _Table(
        specs=specs,
        source=source,
        x=x,
        gain=gain,
        mixed=mixed,
        unknown=unknown,
        distance=distance,
        knob_names=knob_names,
        epoch=epoch,
        epoch_names=epoch_names,
        branch=branch,
        key=key,
        all=np.column_stack([key, data.y, data.std, mixed, x]),
    )


def _distance(
    data: Observations, specs: tuple[SourceSpec, ...], source: IntArray, names: tuple[str, ...]
) -> FloatArray:
    distance = np.zeros((len(source), len(names)))
    for s, spec in enumerate(specs):
        rows = source == s
        for knob in spec.knobs:
            distance[rows, names.index(knob.name)] = knob.distance(data.knobs[knob.name][rows])
    return distance


def _codes(labels: tuple[str, ...], counts: np.ndarray) -> tuple[IntArray, tuple[str, ...]]:
    """Index of each row's label among the sorted labels of the rows that count; -1 for none."""
    if not labels:
        return np.full(len(counts), -1), ()
    kept = [label if use else "" for label, use in zip(labels, counts, strict=True)]
    names = tuple(sorted(set(kept) - {""}))
    place = {"": -1, **{name: i for i, name in enumerate(names)}}
    return np.array([place[label] for label in kept], dtype=np.int64), names


def _reach(table: _Table, like: Sites | None) -> FloatArray:
    """Largest distance of each source and knob, shape ``(S, Q)``; that of ``like`` goes first."""
    reach = np.zeros((len(table.specs), len(table.knob_names)))
    np.maximum.at(reach, table.source, table.distance)
    if like is None:
        return reach
    names = [spec.name for spec in table.specs]
    for s, spec in enumerate(like.specs):
        for q, knob in enumerate(like.knob_names):
            if like.reach[s, q] > 0.0 and spec.name in names and knob in table.knob_names:
                reach[names.index(spec.name), table.knob_names.index(knob)] = like.reach[s, q]
    return reach


def _scaled(distance: FloatArray, reach: FloatArray) -> FloatArray:
    scaled: FloatArray = distance / np.where(reach > 0.0, reach, 1.0)
    return scaled
