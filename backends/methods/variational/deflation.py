"""Excited levels by deflation (VQD).

Higgott, Wang and Brierley, Quantum 3, 156 (2019): with ``phi_0 ... phi_{k-1}`` found, the next
state minimises ``<H> + beta sum_i |<phi_i|psi>|^2``, with ``beta`` twice the sum of the
Hamiltonian's coefficients, more than the distance of any two levels. States whose energies differ
by less than `SAME` belong to one level. Each level is measured in a circuit of its own: ``gap`` is
the difference of two measured energies, and their variances add.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from backends.methods.problem import Problem
from backends.methods.program import Part, Program
from backends.methods.variational.ansatz import Ansatz
from backends.methods.variational.landscape import Landscape, kernel
from backends.methods.variational.search import Hunt
from backends.methods.variational.settings import Search
from backends.methods.variational.space import States
from backends.schema.experiment import FloatArray
from backends.systems.pauli import PauliSum
from backends.systems.qubit_observables import FIRST, GAP, SECOND
from backends.systems.qubit_system import HAMILTONIAN

LEVELS = {FIRST: 1, SECOND: 2, GAP: 1}
MOST_STATES = 10
STARTS = 8
SPREAD = 1.0
"""Standard deviation of the random starts, radians: the first start may keep a symmetry."""
SAME = 1e-5
"""Of the unit of energy."""
OVERLAP = 1e-3
"""Largest square of an overlap between two states of different levels."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Levels:
    """The lowest different levels at ``B`` points.

    Attributes:
        parameters: One state of each level, lowest first, each of shape ``(B, T)``.
        failures: Why a point has none, by its place.
        overlaps: Largest square of an overlap between them, shape ``(B,)``.
    """

    parameters: list[FloatArray]
    failures: dict[int, str]
    overlaps: FloatArray


def levels(operators: Sequence[PauliSum], ansatz: Ansatz, search: Search, count: int) -> Levels:
    """Find ``count`` different levels above the lowest, at every point."""
    plain = Landscape.of(kernel(ansatz), operators)
    wide = replace(search, starts=search.starts or STARTS, spread=SPREAD)
    penalty = np.array([2 * sum(map(abs, one.terms.values())) for one in operators])
    rows = np.arange(len(operators))
    parameters: list[FloatArray] = []
    energies: list[FloatArray] = []
    converged = np.ones(len(rows), dtype=bool)
    reason, landscape = "", plain
    for _ in range(MOST_STATES):
        hunt = Hunt(ansatz=ansatz, operators=operators, landscape=landscape, search=wide)
        best = hunt.best()
        parameters.append(best.parameters)
        energies.append(plain.values(best.parameters, rows))
        converged &= best.converged
        reason = best.reason
        found = [_different(column) for column in np.array(energies).T]
        if all(len(one) > count for one in found):
            break
        landscape = landscape.without(plain.kernel.states(best.parameters), penalty)
    failures = {
        row: f"only {len(one)} different levels were found"
        for row, one in enumerate(found)
        if len(one) <= count
    }
    failures |= {int(row): f"vqe did not converge: {reason}" for row in np.flatnonzero(~converged)}
    chosen = _chosen(parameters, found, count)
    overlaps = _overlaps([plain.kernel.states(one) for one in chosen])
    failures |= {
        int(row): f"states of different levels overlap by {overlaps[row]:.1e}; allowed: {OVERLAP:g}"
        for row in np.flatnonzero(overlaps > OVERLAP)
    }
    return Levels(parameters=chosen, failures=failures, overlaps=overlaps)


def program(
    posed: Problem,
    names: Sequence[str],
    ansatz: Ansatz,
    found: Mapping[int, list[FloatArray]],
    failures: Mapping[int, str],
) -> Program:
    """Each level's circuits and what they measure.

    Args:
        found: For each answered row, the parameters of its levels.
    """
    depth = max(LEVELS[name] for name in names if name in LEVELS)
    weights = np.zeros((depth + 1, len(names)))
    for column, name in enumerate(names):
        weights[LEVELS.get(name, 0), column] += 1.0
        weights[0, column] -= name == GAP
    programs = [
        Program(
            parts=_part(ansatz, {row: at[level] for row, at in found.items()}),
            operators=[
                [] if row in failures else [
                    one[HAMILTONIAN] if level or name in LEVELS else one[name] for name in names
                ]
                for row, one in enumerate(posed.measurables)
            ],
            raw=[
                {"parameters": found[row][level].tolist()} if row in found else {}
                for row in range(len(posed.operators))
            ],
            failures=failures,
        )
        for level in range(depth + 1)
    ]  # fmt: skip
    return replace(programs[0], excited=tuple(programs[1:]), weights=weights)


def _part(ansatz: Ansatz, parameters: Mapping[int, FloatArray]) -> tuple[Part, ...]:
    if not parameters:
        return ()
    rows = np.array(list(parameters), dtype=np.int64)
    angles = ansatz.angles(np.array(list(parameters.values())))
    return (Part(rows=rows, circuit=ansatz.circuit, angles=angles),)


def _different(energies: FloatArray) -> list[int]:
    """Which states are the first of their level, lowest first."""
    order = np.argsort(energies)
    apart = np.diff(energies[order]) > SAME
    return [int(order[0]), *(int(k) for k in order[1:][apart])]


def _chosen(
    parameters: Sequence[FloatArray], found: Sequence[list[int]], count: int
) -> list[FloatArray]:
    """Parameters of each level, shape ``(B, T)``; those of failed points mean nothing."""
    return [
        np.array([parameters[one[min(level, len(one) - 1)]][row] for row, one in enumerate(found)])
        for level in range(count + 1)
    ]


def _overlaps(states: Sequence[States]) -> FloatArray:
    pairs = [
        np.abs(np.sum(one.conj() * two, axis=0)) ** 2
        for k, one in enumerate(states)
        for two in states[k + 1 :]
    ]
    largest: FloatArray = np.max(pairs, axis=0)
    return largest
