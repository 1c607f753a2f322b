"""What it takes to prepare variational circuits, before any solver is loaded.

A search evaluates energy and gradient a few times per parameter; each evaluation applies
every turn about `SWEEPS` times to the basis states that can be reached. Measured on one core; right
within a factor of about three, as numbers of iterations scatter.
"""

from __future__ import annotations

from math import comb

from backends.methods.circuit import rotation
from backends.methods.problem import mapping_of, qubits_of
from backends.methods.variational import deflation
from backends.methods.variational.choice import HARDWARE, HVA
from backends.methods.variational.growth import DEFAULT_OPERATORS
from backends.methods.variational.pool import pool
from backends.methods.variational.search import STARTS, optimizer_of
from backends.methods.variational.settings import DEFAULT_ITERATIONS, SPSA, Search, integer
from backends.methods.variational.vqe import chosen, wanted_levels
from backends.schema import Experiment
from backends.systems import Molecule, QubitSystem, System

SWEEPS = 3.5
CALL_S, AMPLITUDE_S = 2.4e-5, 1.2e-8
"""Of one turn of a batch, and of one turn on one basis state of one member."""
SAMPLE_S = 1e-3
"""Of one sampled energy."""
ITERATIONS = {HARDWARE: 4.0, HVA: 6.0}
"""Of a search, for each parameter; 0.4 with coupled cluster, which starts close to the answer."""
REGROWN = 13
"""Evaluations for each operator that ADAPT-VQE appends."""
SAMPLED = 50
"""Operators of a pool whose gates are counted."""
GROWN = 20
"""Operators that ADAPT-VQE takes for a molecule, for an estimate."""


def vqe_gates(experiment: Experiment, system: System) -> int:
    """Gates of one point: those of every level that is measured."""
    return len(chosen(experiment, system).circuit.gates) * (1 + wanted_levels(experiment))


def vqe_seconds(experiment: Experiment, system: System) -> float:
    """Of optimising all points."""
    ansatz, search = chosen(experiment, system), Search.read(experiment.settings)
    levels, points = 1 + wanted_levels(experiment), len(experiment.points)
    starts = search.starts or (deflation.STARTS if levels > 1 else STARTS.get(ansatz.name, 1))
    if optimizer_of(ansatz, search) == SPSA:
        steps = search.iterations or DEFAULT_ITERATIONS[SPSA]
        return 2 * steps * starts * points * SAMPLE_S
    iterations = 12 + ITERATIONS.get(ansatz.name, 0.4) * ansatz.parameters
    iterations = min(iterations, search.iterations or iterations)
    per_start = iterations * SWEEPS * len(ansatz.steps)
    batch = points * starts
    return levels * 2 * per_start * (CALL_S + AMPLITUDE_S * states(system) * batch)


def adapt_gates(experiment: Experiment, system: System) -> int:
    """Gates of one point with a typical number of operators."""
    turns = pool(system).turns
    some = turns[:: max(1, len(turns) // SAMPLED)]
    gates = sum(len(tuple(rotation(word, 0))) for turn in some for word, _ in turn.words)
    return int(_operators(experiment, system) * gates / max(1, len(some)))


def adapt_seconds(experiment: Experiment, system: System) -> float:
    """Of growing every point alone."""
    count = _operators(experiment, system)
    step = CALL_S + AMPLITUDE_S * states(system)
    per_point = count * (REGROWN * SWEEPS * count / 2 + len(pool(system).turns)) * step
    return per_point * len(experiment.points)


def states(system: System) -> int:
    """Basis states that an ansatz can reach, from above."""
    if isinstance(system, Molecule):
        mapping = mapping_of(system)
        up, down = mapping.electrons
        return comb(mapping.orbitals, up) * comb(mapping.orbitals, down)
    size: int = 2 ** qubits_of(system)
    if isinstance(system, QubitSystem) and system.sector:
        size = 1
        for mask, count in system.sector:
            size *= comb(mask.bit_count(), count)
    return size


def _operators(experiment: Experiment, system: System) -> int:
    given = integer(experiment.settings, "max_operators")
    if given:
        return given
    if isinstance(system, Molecule):
        return min(GROWN, len(pool(system).turns))
    return min(DEFAULT_OPERATORS, int(0.7 * qubits_of(system) ** 2))
