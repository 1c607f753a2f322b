"""Runs that nobody has made yet, as sites of the model.

A future run of a device is taken to be in its newest epoch (the last by name), on the branch and
with the mixed value of its nearest run so far.
Shapes: ``C`` candidates, ``M`` points, ``D`` controls, ``Q`` knobs.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from qtwin.fusion.base import FloatArray, IntArray, Role, SourceSpec
from qtwin.fusion.evidence.sites import SAME_X, Sites
from qtwin.fusion.planner.offer import Setting


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Block:
    """Points of one source at one setting."""

    spec: SourceSpec
    setting: Setting
    x: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rows:
    """Collects blocks of candidates, source by source in order of name."""

    like: Sites
    blocks: list[_Block] = field(default_factory=list)

    def add(self, spec: SourceSpec, setting: Setting, x: FloatArray) -> None:
        """Append points of the unit cube, shape ``(M, D)``."""
        self.blocks.append(_Block(spec=spec, setting=setting, x=x))

    def sites(self) -> Sites:
        """All of them, without statistical error."""
        specs = tuple({block.spec.name: block.spec for block in self.blocks}.values())
        names = tuple(sorted({knob.name for spec in specs for knob in spec.knobs}))
        reach = np.array([[self._reach(spec, name) for name in names] for spec in specs])
        reach = reach.reshape(len(specs), len(names))
        count = [len(block.x) for block in self.blocks]
        source = np.repeat([specs.index(block.spec) for block in self.blocks], count)
        near = np.concatenate([self._nearest(block) for block in self.blocks])
        x, device = np.concatenate([block.x for block in self.blocks]), _devices(specs)[source]
        learned = device | np.array([spec.learn_scale for spec in specs])[source]
        gain = np.repeat([self._gain(block.setting) for block in self.blocks], count)
        return Sites(
            x=x,
            y=np.zeros(len(x)),
            var=np.zeros(len(x)),
            source=source.astype(np.int64),
            gain=np.where(device, gain, 1.0),
            mixed=np.where(near >= 0, self.like.mixed[near], 0.0),
            mixed_unknown=np.where(near >= 0, self.like.mixed_unknown[near], learned),
            distance=np.concatenate([self._distance(b, names, specs, reach) for b in self.blocks]),
            reach=reach,
            knob_names=names,
            epoch=np.concatenate([self._epoch(block) for block in self.blocks]),
            epoch_names=self.like.epoch_names,
            branch=np.where(near >= 0, self.like.branch[near], -1),
            shared=None,
            specs=specs,
        )

    def _of(self, spec: SourceSpec) -> slice:
        names = [known.name for known in self.like.specs]
        return self.like.rows(names.index(spec.name)) if spec.name in names else slice(0, 0)

    def _nearest(self, block: _Block) -> IntArray:
        """Row of the source's nearest site, shape ``(M,)``; -1 when it has none."""
        rows = self._of(block.spec)
        if rows.start == rows.stop:
            return np.full(len(block.x), -1)
        apart = np.sum((block.x[:, None, :] - self.like.x[rows][None, :, :]) ** 2, axis=2)
        return np.asarray(rows.start + np.argmin(apart, axis=1), dtype=np.int64)

    def _epoch(self, block: _Block) -> IntArray:
        rows = self._of(block.spec)
        newest = int(self.like.epoch[rows].max()) if rows.stop > rows.start else -1
        return np.full(len(block.x), newest)

    def _reach(self, spec: SourceSpec, name: str) -> float:
        """The unit of a knob's distance: the fit's, or the largest distance on offer."""
        known = [other.name for other in self.like.specs]
        if spec.name in known and name in self.like.knob_names:
            reach = self.like.reach[known.index(spec.name), self.like.knob_names.index(name)]
            if reach > 0.0:
                return float(reach)
        return max(_apart(b, name) for b in self.blocks if b.spec.name == spec.name)

    @staticmethod
    def _gain(setting: Setting) -> float:
        return 1.0 if setting.gain is None else setting.gain

    @staticmethod
    def _distance(
        block: _Block, names: tuple[str, ...], specs: tuple[SourceSpec, ...], reach: FloatArray
    ) -> FloatArray:
        unit = reach[specs.index(block.spec)]
        row = [_apart(block, name) / (unit[q] or 1.0) for q, name in enumerate(names)]
        return np.tile(np.reshape(row, (1, len(names))), (len(block.x), 1))


def repeats_of(sites: Sites, rows: Sites) -> IntArray:
    """The site that each row would repeat, shape ``(C,)``; -1 for none."""
    known = {key: row for row, key in enumerate(_keys(sites))}
    return np.array([known.get(key, -1) for key in _keys(rows)], dtype=np.int64)


def _keys(sites: Sites) -> list[tuple[object, ...]]:
    columns = {name: q for q, name in enumerate(sites.knob_names)}
    x = np.round(sites.x, SAME_X) + 0.0
    return [
        (
            sites.specs[sites.source[i]].name,
            tuple(x[i]),
            float(sites.gain[i]),
            tuple(
                float(np.round(sites.distance[i, columns[k.name]], SAME_X))
                for k in sites.specs[sites.source[i]].knobs
            ),
            int(sites.epoch[i]),
            int(sites.branch[i]),
        )
        for i in range(len(sites.x))
    ]


def _apart(block: _Block, name: str) -> float:
    for knob in block.spec.knobs:
        if knob.name == name:
            return float(knob.distance(np.array([block.setting.knobs[name]]))[0])
    return 0.0


def _devices(specs: tuple[SourceSpec, ...]) -> np.ndarray:
    return np.array([spec.role is Role.DEVICE for spec in specs])
