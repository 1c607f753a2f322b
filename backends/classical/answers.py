"""What the exact solvers say about each state of a qubit system at many points.

Points with equal Hamiltonians, such as a sweep over time or temperature, are solved once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from backends.classical import driven
from backends.classical.diagonalization import Spectrum, lowest_levels
from backends.classical.entanglement import half_entropy
from backends.classical.evolution import evolved, product_vector
from backends.classical.thermal import ThermalState
from backends.schema.experiment import FloatArray
from backends.systems import qubit_observables as named
from backends.systems.pauli import ComplexArray, PauliSum
from backends.systems.qubit_system import HAMILTONIAN, QubitSystem
from backends.systems.state import Evolved

Operators = Sequence[Mapping[str, PauliSum]]


class DegenerateGround(Exception):
    """A property of one ground state was asked for, and there are several."""


def ground(operators: Operators, names: Sequence[str]) -> Iterator[list[float]]:
    """Wanted observables of the ground state, point by point.

    Raises:
        NotConverged: Lanczos gave up, or too few levels were found.
        DegenerateGround: The entanglement entropy of a degenerate ground space.
    """
    for point in operators:
        spectrum = lowest_levels(point[HAMILTONIAN])
        yield [_of_ground(spectrum, point, name) for name in names]


def thermal(
    operators: Operators, temperatures: FloatArray, names: Sequence[str]
) -> list[list[float]]:
    """Wanted observables of the thermal state at each point."""
    values: list[list[float]] = [[] for _ in operators]
    for rows in _alike(operators):
        state = ThermalState(operators[rows[0]][HAMILTONIAN])
        for row in rows:
            at = state.at(float(temperatures[row]))
            own = {named.FREE_ENERGY: at.free_energy, named.HEAT_CAPACITY: at.heat_capacity}
            values[row] = [
                own[name] if name in own else at.expectation(operators[row][name]) for name in names
            ]
    return values


def evolution(
    operators: Operators, state: Evolved, times: FloatArray, names: Sequence[str]
) -> list[list[float]]:
    """Wanted observables of the evolved state at each point."""
    initial = product_vector(state.initial)
    values: list[list[float]] = [[] for _ in operators]
    for rows in _alike(operators):
        vectors = evolved(operators[rows[0]][HAMILTONIAN], initial, times[rows])
        for row, vector in zip(rows, vectors, strict=True):
            values[row] = of_evolved(vector, initial, operators[row], names)
    return values


def driven_evolution(
    system: QubitSystem, points: FloatArray, names: Sequence[str]
) -> Iterator[list[float]]:
    """Wanted observables of a driven system's evolved state, point by point."""
    assert isinstance(system.state, Evolved)
    initial = product_vector(system.state.initial)
    operators, durations = system.operators(points), system.durations(points)
    for row, point in enumerate(points):
        vector = driven.evolved(system, point, initial, float(durations[row]))
        yield of_evolved(vector, initial, operators[row], names)


def of_evolved(
    vector: ComplexArray,
    initial: ComplexArray,
    operators: Mapping[str, PauliSum],
    names: Sequence[str],
) -> list[float]:
    """Wanted observables of one evolved state."""
    own = {
        named.RETURN: lambda: float(abs(np.vdot(initial, vector)) ** 2),
        named.ENTROPY: lambda: half_entropy(vector),
    }
    return [own[name]() if name in own else operators[name].expectation(vector) for name in names]


def _of_ground(spectrum: Spectrum, operators: Mapping[str, PauliSum], name: str) -> float:
    if name in {named.FIRST, named.SECOND}:
        return spectrum.level(1 if name == named.FIRST else 2)
    if name == named.GAP:
        return spectrum.gap
    if name == named.ENTROPY:
        state = spectrum.ground_state()
        if state is None:
            raise DegenerateGround
        return half_entropy(state)
    return spectrum.expectation(operators[name])


def _alike(operators: Operators) -> list[list[int]]:
    """Rows with equal Hamiltonians."""
    found: dict[tuple[object, ...], list[int]] = {}
    for row, point in enumerate(operators):
        found.setdefault(tuple(_sorted_terms(point[HAMILTONIAN])), []).append(row)
    return list(found.values())


def _sorted_terms(operator: PauliSum) -> list[tuple[int, int, float]]:
    """Words and coefficients in one order."""
    return sorted((word.x, word.z, value) for word, value in operator.terms.items())
