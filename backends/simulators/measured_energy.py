"""From the counts of a VQE program to the result that a simulator returns."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import version
from typing import Any

import numpy as np

from backends.methods.estimator import estimate
from backends.methods.vqe import Program
from backends.schema import Experiment, Provenance, Result, RunOptions
from backends.schema.experiment import FloatArray

PointCounts = Sequence[dict[str, int]]


def with_seed(options: RunOptions) -> RunOptions:
    """The same options with a seed chosen where none is given."""
    return options if options.seed is not None else replace(options, seed=secrets.randbits(31))


def from_counts(
    program: Program,
    experiment: Experiment,
    counts: Sequence[PointCounts],
    options: RunOptions,
    provenance: Provenance,
) -> Result:
    """Estimate the energy of every point from its own counts.

    Args:
        counts: For each of the ``P`` points, the counts of each group.
    """
    estimates = [
        estimate(operator, program.groups, seen)
        for operator, seen in zip(program.hamiltonians, counts, strict=True)
    ]
    values, errors = np.array(estimates).reshape(-1, 2).T
    raw = [_raw(program, experiment, row, seen) for row, seen in enumerate(counts)]
    return result(program, experiment, values, errors, options, provenance, raw)


def exact(
    program: Program,
    experiment: Experiment,
    values: FloatArray,
    options: RunOptions,
    provenance: Provenance,
) -> Result:
    """Result without statistical error, for exact energies of shape ``(P,)``."""
    raw = [{"parameters": angles.tolist()} for angles in program.parameters]
    return result(program, experiment, values, np.zeros_like(values), options, provenance, raw)


def result(
    program: Program,
    experiment: Experiment,
    values: FloatArray,
    errors: FloatArray,
    options: RunOptions,
    provenance: Provenance,
    raw: list[dict[str, Any]],
) -> Result:
    """Spread energies of shape ``(P,)`` over the observables that were asked for."""
    columns = len(experiment.observables)

    def wide(column: FloatArray) -> FloatArray:
        return np.repeat(column[:, None], columns, axis=1)

    return Result(
        values=wide(values),
        std_errors=wide(errors),
        mixed_values=wide(program.mixed_values),
        options=options,
        provenance=provenance,
        raw=raw,
    )


def versions(*packages: str) -> dict[str, str]:
    """Installed versions of everything that decides the numbers."""
    return {package: version(package) for package in (*packages, "pyscf", "numpy")}


def _raw(program: Program, experiment: Experiment, row: int, seen: PointCounts) -> dict[str, Any]:
    qubits = program.ansatz.qubits
    return {
        "parameters": program.parameters[row].tolist(),
        "knobs": dict(zip(experiment.knobs, experiment.knob_values[row].tolist(), strict=True)),
        "groups": [
            {"basis": group.basis.label(qubits), "counts": dict(counts)}
            for group, counts in zip(program.groups, seen, strict=True)
        ],
    }
