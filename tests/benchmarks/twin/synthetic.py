"""Cases made from functions: those of the literature, and one for speed."""

from __future__ import annotations

import numpy as np

from qtwin.fusion.base import FloatArray
from tests.benchmarks.twin.case import Block, Case, block, observations
from tests.benchmarks.twin.design import Design, SourceDesign
from tests.benchmarks.twin.literature import FUNCTIONS, Function
from tests.benchmarks.twin.sampling import latin_hypercube

TEST_POINTS = 1000
TEST_SEED = 999


def function_case(design: Design, seed: int) -> Case:
    """A function at every fidelity, by a Latin hypercube per source."""
    levels, rng = FUNCTIONS[design.data], np.random.default_rng(seed)
    blocks = [
        _sampled(source, level, len(design.bounds), rng)
        for source, level in zip(design.sources, levels, strict=True)
    ]
    test_x = test_points(design)
    equal_cost = None
    if design.equal_cost:
        x = latin_hypercube(design.affordable, len(design.bounds), rng)
        equal_cost = observations(design, [block(design.sources[0], x, levels[0](x))])
    return Case(
        design=design,
        seed=seed,
        observations=observations(design, blocks),
        test_x=test_x,
        truth=levels[0](test_x),
        equal_cost=equal_cost,
    )


def test_points(design: Design) -> FloatArray:
    """A Latin hypercube that is the same for every seed, shape ``(1000, D)``."""
    return latin_hypercube(TEST_POINTS, len(design.bounds), np.random.default_rng(TEST_SEED))


def _sampled(
    source: SourceDesign, level: Function, controls: int, rng: np.random.Generator
) -> Block:
    x = latin_hypercube(source.points, controls, rng)
    noise = source.noise * rng.standard_normal(source.points)
    return block(source, x, level(x) + noise, std=source.noise)


def scale_case(design: Design, seed: int) -> Case:
    """Four sources of a smooth surface of two controls, one of them a noisy damped device."""
    rng, blocks = np.random.default_rng(seed), []
    for source in design.sources:
        x = latin_hypercube(source.points, 2, rng)
        noise = source.noise * rng.standard_normal(source.points)
        y = _seen(source.name, x) + noise
        blocks.append(block(source, x, y, std=source.noise, mixed=0.0))
    test_x = test_points(design)
    return Case(
        design=design,
        seed=seed,
        observations=observations(design, blocks),
        test_x=test_x,
        truth=_surface(test_x),
    )


def _surface(x: FloatArray) -> FloatArray:
    values: FloatArray = np.sin(6 * x[:, 0]) * np.cos(4 * x[:, 1]) + x[:, 0]
    return values


def _seen(source: str, x: FloatArray) -> FloatArray:
    match source:
        case "cheap":
            return _surface(x) + 0.1 * np.cos(4 * x[:, 0] + x[:, 1])
        case "cheaper":
            return _surface(x) + 0.3 * x[:, 1] - 0.1
        case "device":
            return 0.8 * _surface(x)
    return _surface(x)
