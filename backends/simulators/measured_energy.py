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
    *,
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
    columns = len(experiment.observables)
    return Result(
        values=_wide(values, columns),
        std_errors=_wide(errors, columns),
        mixed_values=_wide(program.mixed_values, columns),
        options=options,
        provenance=provenance,
        raw=[_raw(program, experiment, row, seen) for row, seen in enumerate(counts)],
    )


def exact(
    program: Program,
    experiment: Experiment,
    energies: FloatArray,
    *,
    options: RunOptions,
    provenance: Provenance,
) -> Result:
    """Result without statistical error, for exact energies of shape ``(P,)``."""
    columns = len(experiment.observables)
    return Result(
        values=_wide(energies, columns),
        std_errors=np.zeros((len(energies), columns)),
        mixed_values=_wide(program.mixed_values, columns),
        options=options,
        provenance=provenance,
        raw=[{"parameters": angles.tolist()} for angles in program.parameters],
    )


def _wide(energies: FloatArray, columns: int) -> FloatArray:
    """Shape ``(P,)`` to ``(P, O)``: energy is the one observable of a molecule."""
    return np.repeat(energies[:, None], columns, axis=1)


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
