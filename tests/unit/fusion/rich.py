"""Random observations with every feature of the model at once."""

from __future__ import annotations

import numpy as np

from qtwin.fusion.base import FloatArray, IntArray, Knob, Observations, Role, ShotGroup, SourceSpec
from tests.unit.fusion.synthetic import BOUNDS, NAN, truth

STEP = Knob(name="dt", limit=0.0, order=2.0)
BOND = Knob(name="bond", limit=np.inf, order=1.0)
SOURCES = (
    SourceSpec(name="exact", role=Role.REFERENCE),
    SourceSpec(name="trotter", role=Role.REFERENCE, knobs=(STEP,)),
    SourceSpec(name="mean-field", role=Role.APPROXIMATION, learn_scale=True),
    SourceSpec(name="tensor", role=Role.APPROXIMATION, knobs=(BOND, STEP)),
    SourceSpec(name="qpu", role=Role.DEVICE),
    SourceSpec(name="stated", role=Role.DEVICE),
)
BRANCHES = ("", "left", "right")
EPOCHS = ("", "monday", "tuesday")


def rich(seed: int, *, each: int = 6, repeats: int = 1) -> Observations:
    """Knobs, epochs, branches, gains, learned and stated mixed values, and shared shots.

    Args:
        seed: Of everything.
        each: Rows per source, of which the noisy ones are drawn from a few places.
        repeats: How often every noisy row is measured, each time with an error of its own.
    """
    rng = np.random.default_rng(seed)
    source = np.repeat(np.arange(len(SOURCES)), each)
    x = rng.choice(np.linspace(-1.0, 3.0, 9), size=len(source))
    x[source < 4] = np.concatenate([rng.permutation(np.linspace(-1, 3, each)) for _ in range(4)])
    device = source >= 4
    noisy = device | (source == 3)
    knobs = {
        "dt": np.where(np.isin(source, [1, 3]), rng.choice([0.1, 0.2, 0.4], len(source)), NAN),
        "bond": np.where(source == 3, rng.choice([8.0, 16.0, 64.0], len(source)), NAN),
    }
    gain = np.where(device, rng.choice([1.0, 1.5, 2.0], len(source)), NAN)
    mixed = np.where(source == 5, 0.3 + 0.05 * x, NAN)
    rows = np.repeat(np.arange(len(source)), np.where(noisy, repeats, 1))
    std = np.where(noisy, rng.uniform(0.02, 0.2, len(source)), 0.0)[rows]
    std *= rng.uniform(0.7, 1.5, len(rows))
    y = _observed(x, source, gain, knobs)[rows] + std * rng.standard_normal(len(rows))
    return Observations(
        x=x[rows, None],
        bounds=BOUNDS,
        y=y,
        std=std,
        source=source[rows],
        sources=SOURCES,
        gain=gain[rows],
        mixed_value=mixed[rows],
        knobs={name: values[rows] for name, values in knobs.items()},
        epoch=tuple(rng.choice(EPOCHS, len(source))[rows].tolist()),
        branch=tuple(rng.choice(BRANCHES, len(source))[rows].tolist()),
        groups=_groups(np.flatnonzero(std > 0.0), std, rng),
    )


def _observed(
    x: FloatArray, source: IntArray, gain: FloatArray, knobs: dict[str, FloatArray]
) -> FloatArray:
    exact = truth(x)
    rho = np.where(source >= 4, np.exp(-0.3 * np.nan_to_num(gain)), 1.0)
    error = np.select(
        [source == 1, source == 2, source == 3],
        [
            0.5 * np.nan_to_num(knobs["dt"]) ** 2,
            0.2 * np.cos(x),
            np.sin(x) / np.where(np.isnan(knobs["bond"]), np.inf, knobs["bond"]),
        ],
    )
    observed: FloatArray = rho * exact + (1.0 - rho) * 0.3 + error
    return observed


def _groups(rows: IntArray, std: FloatArray, rng: np.random.Generator) -> tuple[ShotGroup, ...]:
    """Three groups of three noisy rows each, of any sources."""
    chosen = rng.permutation(rows)[:9].reshape(3, 3)
    groups = []
    for members in chosen:
        mixing = rng.standard_normal((3, 4))
        covariance = mixing @ mixing.T
        size = std[members] / np.sqrt(np.diag(covariance))
        groups.append(ShotGroup(rows=members, covariance=covariance * np.outer(size, size)))
    return tuple(groups)
