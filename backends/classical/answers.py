"""What the exact solvers say about each state of a qubit system at many points.

Points with equal Hamiltonians, such as a sweep over time or temperature, are solved once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from backends.classical import driven, kicks
from backends.classical.diagonalization import Spectrum, lowest_levels
from backends.classical.entanglement import half_entropy
from backends.classical.evolution import evolved, product_vector
from backends.classical.thermal import ThermalState
from backends.schema.experiment import FloatArray
from backends.systems import SpinLattice
from backends.systems import qubit_observables as named
from backends.systems.pauli import ComplexArray, PauliSum
from backends.systems.projector import Measurable
from backends.systems.qubit_system import QubitSystem
from backends.systems.state import Evolved, Kicked

Hamiltonians = Sequence[PauliSum]
Measured = Sequence[Mapping[str, Measurable]]


class DegenerateGround(Exception):
    """A property of one ground state was asked for, and there are several."""


def ground(
    hamiltonians: Hamiltonians, measured: Measured, names: Sequence[str]
) -> Iterator[list[float]]:
    """Wanted observables of the ground state, point by point.

    Raises:
        NotConverged: Lanczos gave up, or too few levels were found.
        DegenerateGround: The entanglement entropy of a degenerate ground space.
    """
    for hamiltonian, point in zip(hamiltonians, measured, strict=True):
        spectrum = lowest_levels(hamiltonian)
        yield [_of_ground(spectrum, point, name) for name in names]


def thermal(
    hamiltonians: Hamiltonians,
    measured: Measured,
    temperatures: FloatArray,
    names: Sequence[str],
) -> list[list[float]]:
    """Wanted observables of the thermal state at each point."""
    values: list[list[float]] = [[] for _ in hamiltonians]
    for rows in _alike(hamiltonians):
        state = ThermalState(hamiltonians[rows[0]])
        for row in rows:
            at = state.at(float(temperatures[row]))
            own = {named.FREE_ENERGY: at.free_energy, named.HEAT_CAPACITY: at.heat_capacity}
            values[row] = [
                own[name] if name in own else at.expectation(measured[row][name]) for name in names
            ]
    return values


def evolution(
    hamiltonians: Hamiltonians,
    measured: Measured,
    state: Evolved,
    times: FloatArray,
    names: Sequence[str],
) -> list[list[float]]:
    """Wanted observables of the evolved state at each point."""
    initial = product_vector(state.initial)
    values: list[list[float]] = [[] for _ in hamiltonians]
    for rows in _alike(hamiltonians):
        vectors = evolved(hamiltonians[rows[0]], initial, times[rows])
        for row, vector in zip(rows, vectors, strict=True):
            values[row] = of_evolved(vector, initial, measured[row], names)
    return values


def driven_evolution(
    system: QubitSystem, points: FloatArray, names: Sequence[str]
) -> Iterator[list[float]]:
    """Wanted observables of a driven system's evolved state, point by point."""
    assert isinstance(system.state, Evolved)
    initial = product_vector(system.state.initial)
    measured, durations = system.measurables(points), system.durations(points)
    for row, point in enumerate(points):
        vector = driven.evolved(system, point, initial, float(durations[row]))
        yield of_evolved(vector, initial, measured[row], names)


def kicked(system: QubitSystem, points: FloatArray, names: Sequence[str]) -> Iterator[list[float]]:
    """Wanted observables of a kicked lattice, point by point."""
    assert isinstance(system, SpinLattice)
    assert isinstance(system.state, Kicked)
    initial = product_vector(system.state.initial)
    angles = system.state.angles(system.columns(points), len(points))
    measured = system.measurables(points)
    for row, (theta_h, theta_j) in enumerate(angles.tolist()):
        vector = kicks.kicked(
            initial, system.lattice.bonds, system.state.steps, theta_h=theta_h, theta_j=theta_j
        )
        yield of_evolved(vector, initial, measured[row], names)


def of_evolved(
    vector: ComplexArray,
    initial: ComplexArray,
    measured: Mapping[str, Measurable],
    names: Sequence[str],
) -> list[float]:
    """Wanted observables of one evolved state."""
    own = {
        named.RETURN: lambda: float(abs(np.vdot(initial, vector)) ** 2),
        named.ENTROPY: lambda: half_entropy(vector),
    }
    return [own[name]() if name in own else measured[name].expectation(vector) for name in names]


def _of_ground(spectrum: Spectrum, measured: Mapping[str, Measurable], name: str) -> float:
    if name in {named.FIRST, named.SECOND}:
        return spectrum.level(1 if name == named.FIRST else 2)
    if name == named.GAP:
        return spectrum.gap
    if name == named.ENTROPY:
        state = spectrum.ground_state()
        if state is None:
            raise DegenerateGround
        return half_entropy(state)
    return spectrum.expectation(measured[name])


def _alike(hamiltonians: Hamiltonians) -> list[list[int]]:
    """Rows with equal Hamiltonians."""
    found: dict[tuple[object, ...], list[int]] = {}
    for row, hamiltonian in enumerate(hamiltonians):
        found.setdefault(tuple(_sorted_terms(hamiltonian)), []).append(row)
    return list(found.values())


def _sorted_terms(operator: PauliSum) -> list[tuple[int, int, float]]:
    """Words and coefficients in one order."""
    return sorted((word.x, word.z, value) for word, value in operator.terms.items())
