"""Cases from the developers' tables of real solvers and simulated devices."""

from __future__ import annotations

import csv
import os
from functools import cache
from pathlib import Path

import numpy as np

from qtwin.fusion.base import FloatArray, Role
from tests.benchmarks.twin.case import Absent, Block, Case, block, observations
from tests.benchmarks.twin.design import Design, SourceDesign
from tests.benchmarks.twin.mixed import mixed_values
from tests.benchmarks.twin.sampling import latin_hypercube, nearest_rows

_BESIDE = Path(__file__).parents[3].parent / "shared" / "data"
DATA = Path(os.environ.get("QTWIN_BENCH_DATA", str(_BESIDE)))

Rows = tuple[dict[str, str], ...]


@cache
def read_rows(*path: str) -> Rows:
    """Rows of a table that is beside this repository.

    Raises:
        Absent: It is not.
    """
    file = DATA.joinpath(*path)
    if not file.exists():
        raise Absent(f"the developers' table {'/'.join(path)} is not in {DATA}")
    with file.open(newline="", encoding="utf-8") as stream:
        return tuple(csv.DictReader(stream))


def column(rows: Rows, name: str) -> FloatArray:
    """One column, NaN where the solver did not converge, shape ``(R,)``."""
    return np.array([float(row[name] or "nan") for row in rows])


def table_case(design: Design, seed: int) -> Case:
    """Rows near a Latin hypercube per source; scored against the reference at every row."""
    rows = read_rows("fusion_benchmarks", design.data)
    names = list(rows[0])[: len(design.bounds)]
    controls = np.column_stack([column(rows, name) for name in names])
    low, high = design.box.T
    grid, rng = (controls - low) / (high - low), np.random.default_rng(seed)
    blocks = [
        _measured(design, source, rows=rows, grid=grid, controls=controls, rng=rng)
        for source in design.sources
    ]
    reference = design.sources[0]
    truth = column(rows, reference.name)
    chosen = _choose(design.affordable, truth, grid, rng)
    alone = [block(reference, controls[chosen], truth[chosen])]
    return Case(
        design=design,
        seed=seed,
        observations=observations(design, blocks),
        test_x=controls,
        truth=truth,
        equal_cost=observations(design, alone),
    )


def _choose(
    points: int, values: FloatArray, grid: FloatArray, rng: np.random.Generator
) -> list[int]:
    wanted = latin_hypercube(points, grid.shape[1], rng)
    usable = np.flatnonzero(np.isfinite(values))
    return [int(row) for row in nearest_rows(wanted, grid, usable)]


def _measured(
    design: Design,
    source: SourceDesign,
    *,
    rows: Rows,
    grid: FloatArray,
    controls: FloatArray,
    rng: np.random.Generator,
) -> Block:
    values = column(rows, source.name)
    chosen = _choose(source.points, values, grid, rng)
    x, y = controls[chosen], values[chosen]
    if source.role is not Role.DEVICE:
        return block(source, x, y)
    std = np.sqrt(column(rows, f"{source.name}_var1")[chosen] / source.shots)
    mixed = mixed_values(design.data, x, source.mixed) if source.mixed else 0.0
    return block(source, x, y + std * rng.standard_normal(len(y)), std=std, mixed=mixed)
