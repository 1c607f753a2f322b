"""What the exact solvers say about each state of a system at many points.

Points with equal Hamiltonians, such as a sweep over time or temperature, are solved once. An answer
is the values of the wanted observables, or the reason why there are none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from backends.classical import basis, driven, kicks
from backends.classical.diagonalization import NotConverged, Spectrum, lowest_levels
from backends.classical.entanglement import half_entropy
from backends.classical.evolution import evolved, product_vector
from backends.classical.product_state import best_product
from backends.classical.sparse import means
from backends.classical.thermal import ThermalState
from backends.methods.problem import Problem
from backends.schema.experiment import FloatArray
from backends.systems import SpinLattice
from backends.systems import qubit_observables as named
from backends.systems.pauli import ComplexArray, PauliSum
from backends.systems.projector import Measurable
from backends.systems.qubit_system import HAMILTONIAN, QubitSystem
from backends.systems.state import Evolved, Kicked

Answer = list[float] | str
WANTED = {"energy": 1, "energy_per_site": 1, named.SECOND: 3}
"""How many different levels an observable needs; the others need two."""
DEGENERATE = "the ground state is degenerate here, so its entanglement depends on which is taken"
NOT_CONVERGED = "Lanczos did not converge, or there are not so many different levels"


class DegenerateGround(Exception):
    """A property of one ground state was asked for, and there are several."""


def ground(problem: Problem, names: Sequence[str]) -> Iterator[Answer]:
    """About the ground state, point by point."""
    kept = basis.states(problem.qubits, problem.sector)
    wanted = max(WANTED.get(name, 2) for name in names)
    for row, measured in enumerate(problem.measurables):
        if row in problem.failures:
            yield problem.failures[row]
            continue
        try:
            hamiltonian = problem.operators[row][HAMILTONIAN]
            spectrum = lowest_levels(hamiltonian, kept, wanted=wanted)
            yield [_of_ground(spectrum, measured, name, problem.qubits) for name in names]
        except NotConverged:
            yield NOT_CONVERGED
        except DegenerateGround:
            yield DEGENERATE


def thermal(problem: Problem, temperatures: FloatArray, names: Sequence[str]) -> list[Answer]:
    """About the thermal state at each point."""
    kept = basis.states(problem.qubits, problem.sector)
    hamiltonians, measured = _energies(problem), problem.measurables
    values: list[Answer] = [[] for _ in hamiltonians]
    for rows in _alike(hamiltonians):
        state = ThermalState(hamiltonians[rows[0]], kept)
        for row in rows:
            at = state.at(float(temperatures[row]))
            own = {named.FREE_ENERGY: at.free_energy, named.HEAT_CAPACITY: at.heat_capacity}
            values[row] = [
                own[name] if name in own else at.expectation(measured[row][name]) for name in names
            ]
    return values


def evolution(
    problem: Problem, state: Evolved, times: FloatArray, names: Sequence[str]
) -> list[Answer]:
    """About the evolved state at each point."""
    kept = basis.states(problem.qubits, problem.sector)
    initial = product_vector(state.initial, kept)
    hamiltonians, measured = _energies(problem), problem.measurables
    values: list[Answer] = [[] for _ in hamiltonians]
    for rows in _alike(hamiltonians):
        vectors = evolved(hamiltonians[rows[0]], kept, initial, times[rows])
        for row, vector in zip(rows, vectors, strict=True):
            values[row] = of_evolved(vector, initial, kept, measured[row], names)
    return values


def driven_evolution(system: QubitSystem, points: FloatArray, names: Sequence[str]) -> list[Answer]:
    """About a driven system's evolved state, at each point."""
    assert isinstance(system.state, Evolved)
    kept = basis.states(system.qubits, ())
    initial = product_vector(system.state.initial, kept)
    measured, durations = system.measurables(points), system.durations(points)
    values: list[Answer] = [[] for _ in points]
    for rows in driven.alike(system, points):
        vectors = driven.evolved(system, points[rows[0]], initial, durations[rows])
        for row, vector in zip(rows, vectors, strict=True):
            values[row] = of_evolved(vector, initial, kept, measured[row], names)
    return values


def kicked(system: QubitSystem, points: FloatArray, names: Sequence[str]) -> Iterator[Answer]:
    """About a kicked lattice, point by point."""
    assert isinstance(system, SpinLattice)
    assert isinstance(system.state, Kicked)
    kept = basis.states(system.qubits, ())
    initial = product_vector(system.state.initial, kept)
    angles = system.state.angles(system.columns(points), len(points))
    measured = system.measurables(points)
    for row, (theta_h, theta_j) in enumerate(angles.tolist()):
        vector = kicks.kicked(
            initial, system.lattice.bonds, system.state.steps, theta_h=theta_h, theta_j=theta_j
        )
        yield of_evolved(vector, initial, kept, measured[row], names)


def mean_field(problem: Problem, names: Sequence[str]) -> Iterator[Answer]:
    """About the best product state, point by point."""
    for hamiltonian, measured in zip(_energies(problem), problem.measurables, strict=True):
        product = best_product(hamiltonian)
        yield [product.expectation(measured[name]) for name in names]


def of_evolved(
    vector: ComplexArray,
    initial: ComplexArray,
    kept: basis.Indices,
    measured: Mapping[str, Measurable],
    names: Sequence[str],
) -> list[float]:
    """Wanted observables of one evolved state."""
    qubits = next(iter(measured.values())).qubits
    own = {
        named.RETURN: lambda: float(abs(np.vdot(initial, vector)) ** 2),
        named.ENTROPY: lambda: half_entropy(vector, kept, qubits),
    }
    column = vector[:, None]
    return [
        own[name]() if name in own else float(means(measured[name], kept, column)[0])
        for name in names
    ]


def _of_ground(
    spectrum: Spectrum, measured: Mapping[str, Measurable], name: str, qubits: int
) -> float:
    numbers = {"energy": 0, named.FIRST: 1, named.SECOND: 2}
    if name in numbers:
        return spectrum.level(numbers[name])
    if name == named.GAP:
        return spectrum.gap
    if name == named.ENTROPY:
        state = spectrum.ground_state()
        if state is None:
            raise DegenerateGround
        return half_entropy(*state, qubits)
    return spectrum.expectation(measured[name])


def _energies(problem: Problem) -> list[PauliSum]:
    return [row[HAMILTONIAN] for row in problem.operators]


def _alike(hamiltonians: Sequence[PauliSum]) -> list[list[int]]:
    """Rows with equal Hamiltonians."""
    found: dict[tuple[object, ...], list[int]] = {}
    for row, hamiltonian in enumerate(hamiltonians):
        found.setdefault(tuple(_sorted_terms(hamiltonian)), []).append(row)
    return list(found.values())


def _sorted_terms(operator: PauliSum) -> list[tuple[int, int, float]]:
    """Words and coefficients in one order."""
    return sorted((word.x, word.z, value) for word, value in operator.terms.items())
