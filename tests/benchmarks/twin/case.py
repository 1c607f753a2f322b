"""A case as methods see it: the data of one seed, and what they are scored on."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from qtwin.fusion.base import FloatArray, Observations, Role, SourceSpec
from tests.benchmarks.twin.design import Design, SourceDesign


class Absent(Exception):
    """What a case needs is not here; the message says what."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Case:
    """The data of one seed.

    Attributes:
        design: What it was made from.
        seed: Of the points, of the noise and of the method.
        observations: What methods may fit.
        test_x: Where they are scored, shape ``(M, D)``, in the controls' units.
        truth: Shape ``(M,)``.
        equal_cost: References alone that cost the same, where the design asks for them.
    """

    design: Design
    seed: int
    observations: Observations
    test_x: FloatArray
    truth: FloatArray
    equal_cost: Observations | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Block:
    """Rows of one source: x ``(n, D)``, y, std, gain and mixed value ``(n,)``."""

    source: SourceDesign
    x: FloatArray
    y: FloatArray
    std: FloatArray
    gain: FloatArray
    mixed: FloatArray


def block(
    source: SourceDesign,
    x: FloatArray,
    y: FloatArray,
    *,
    std: FloatArray | float = 0.0,
    gain: FloatArray | float = 1.0,
    mixed: FloatArray | float = 0.0,
) -> Block:
    """Rows of one source; gain and mixed value are kept for devices only."""
    device = source.role is Role.DEVICE

    def column(value: FloatArray | float) -> FloatArray:
        return np.broadcast_to(np.asarray(value, dtype=np.float64), y.shape)

    nothing = np.full(y.shape, np.nan)
    return Block(
        source=source,
        x=x,
        y=y,
        std=column(std),
        gain=column(gain) if device else nothing,
        mixed=column(mixed) if device else nothing,
    )


def observations(design: Design, blocks: list[Block]) -> Observations:
    """Put the rows of all sources together, in the order of the design."""
    return Observations(
        x=np.concatenate([part.x for part in blocks]),
        bounds=design.box,
        y=np.concatenate([part.y for part in blocks]),
        std=np.concatenate([part.std for part in blocks]),
        source=np.concatenate([np.full(len(part.y), i) for i, part in enumerate(blocks)]),
        sources=tuple(_spec(part.source) for part in blocks),
        gain=np.concatenate([part.gain for part in blocks]),
        mixed_value=np.concatenate([part.mixed for part in blocks]),
        value_bounds=design.value_bounds,
    )


def _spec(source: SourceDesign) -> SourceSpec:
    return SourceSpec(name=source.name, role=source.role, learn_scale=source.learn_scale)


def references_of(data: Observations) -> Observations:
    """The reference rows alone."""
    of_reference = np.array([spec.role is Role.REFERENCE for spec in data.sources])
    rows = of_reference[data.source]
    columns = ("x", "y", "std", "source", "gain", "mixed_value")
    return replace(data, **{name: getattr(data, name)[rows] for name in columns})
