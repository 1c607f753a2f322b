"""ADAPT-VQE: grow the circuit by the operator along which the energy falls fastest.

Grimsley, Economou, Barnes and Mayhall, Nat. Commun. 10, 3007 (2019): at each step the gradient
``<psi| [H, A_k] |psi>`` of every operator of a pool is taken; the one of largest modulus is
appended with a parameter of its own, and all parameters are optimised anew, from where they were
and with the curvature that was found there.
It ends when the norm of the pool's gradient is below ``gradient_threshold``. Every point grows its
own circuit, alone (`growth`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from backends.errors import ProgramRejected
from backends.methods.problem import problem, qubits_of
from backends.methods.program import Part, Program
from backends.methods.variational.ansatz import Ansatz
from backends.methods.variational.choice import MAX_QUBITS
from backends.methods.variational.growth import Grown, Growth, Limits
from backends.methods.variational.pool import pool
from backends.methods.variational.settings import GRADIENT
from backends.methods.variational.space import Space
from backends.methods.variational.statevector import prepared
from backends.methods.variational.vqe import ground_system, observed
from backends.schema import Experiment, RunOptions
from backends.systems import Molecule, System
from backends.systems.qubit_system import HAMILTONIAN


def validate(experiment: Experiment, options: RunOptions) -> System:
    """Check what ADAPT-VQE can run, without loading a solver.

    Raises:
        ProgramRejected: Names the field, the value and the allowed values.
    """
    system = ground_system(experiment)
    Limits.read(experiment.settings)
    qubits = qubits_of(system)
    if qubits > MAX_QUBITS:
        raise ProgramRejected(
            f"{qubits} qubits, whose circuit is grown by classical simulation; allowed: at most "
            f"{MAX_QUBITS}",
            field="/system",
        )
    return system


def prepare(experiment: Experiment, system: System) -> Program:
    """Grow a circuit at every point."""
    posed, limits = problem(system, experiment.points), Limits.read(experiment.settings)
    found = pool(system)
    empty = Ansatz(name="adapt", qubits=posed.qubits, start=found.start, steps=(), parameters=0)
    space = Space.reached(prepared(found.start, posed.qubits), found.wider)
    failures, grown = dict(posed.failures), {}
    for row, operators in enumerate(posed.operators):
        if row not in failures:
            grown[row] = Growth(
                operator=operators[HAMILTONIAN],
                empty=empty,
                pool=found,
                space=space,
                limits=limits,
            ).best()
            if grown[row].failure:
                failures[row] = grown[row].failure
    facts: dict[str, Any] = {
        "pool": len(found.turns),
        "optimisation": f"classical simulation: a noise-free state vector, {GRADIENT}",
        "gradient_threshold": limits.threshold,
    }
    if isinstance(system, Molecule):
        facts |= {"energy": "total: electronic + nuclear", "unit": "hartree"}
    return Program(
        parts=_parts({row: one for row, one in grown.items() if row not in failures}),
        operators=observed(posed, experiment, failures),
        facts=facts,
        raw=[_raw(grown.get(row)) for row in range(len(experiment.points))],
        failures=failures,
    )


def _parts(grown: Mapping[int, Grown]) -> tuple[Part, ...]:
    """Points with one circuit share a part."""
    rows: dict[Any, list[int]] = {}
    for row, one in grown.items():
        rows.setdefault(one.ansatz.circuit, []).append(row)
    return tuple(
        Part(
            rows=np.array(members, dtype=np.int64),
            circuit=circuit,
            angles=np.concatenate(
                [grown[row].ansatz.angles(grown[row].parameters[None]) for row in members]
            ),
        )
        for circuit, members in rows.items()
    )


def _raw(grown: Grown | None) -> dict[str, Any]:
    if grown is None:
        return {}
    return {
        "start": [[gate.name, *gate.qubits] for gate in grown.ansatz.start],
        "parameters": grown.parameters.tolist(),
        "operators": [
            [[word.label(grown.ansatz.qubits), factor] for word, factor in turn.words]
            for turn in grown.ansatz.turns
        ],
        "gradient_norm": grown.norm,
        "energy_spread": grown.spread,
    }
