"""Observables that every qubit system has, by the state that is asked about."""

from __future__ import annotations

from backends.systems.observable import ObservableSpec
from backends.systems.state import Evolved, Kicked, State, Thermal

GAP, FIRST, SECOND = "gap", "energy_1", "energy_2"
ENTROPY = "entanglement_entropy"
FREE_ENERGY, HEAT_CAPACITY = "free_energy", "heat_capacity"
RETURN = "return_probability"
NOT_LINEAR = frozenset({GAP, FIRST, SECOND, ENTROPY, FREE_ENERGY, HEAT_CAPACITY, RETURN})
"""Observables that are no expectation value of an operator."""


def common(state: State, unit: str, qubits: int) -> tuple[ObservableSpec, ...]:
    """Energies and what else a state has, whatever the system is."""
    if isinstance(state, Evolved | Kicked):
        return (
            ObservableSpec(name="energy", label="Energy", unit=unit),
            plain(RETURN, "Probability of being back in the initial state", 0.0, 1.0),
            _entropy(qubits),
        )
    if isinstance(state, Thermal):
        return (
            ObservableSpec(name="energy", label="Thermal energy", unit=unit),
            ObservableSpec(name=FREE_ENERGY, label="Free energy", unit=unit),
            plain(HEAT_CAPACITY, "Heat capacity", 0.0),
        )
    return (
        ObservableSpec(name="energy", label="Ground-state energy", unit=unit, variational=True),
        ObservableSpec(name=FIRST, label="Energy of the first excited level", unit=unit),
        ObservableSpec(name=SECOND, label="Energy of the second excited level", unit=unit),
        ObservableSpec(name=GAP, label="Gap to the first excited level", unit=unit, lower=0.0),
        _entropy(qubits),
    )


def plain(
    name: str, label: str, lower: float | None = None, upper: float | None = None
) -> ObservableSpec:
    """An observable without a unit."""
    return ObservableSpec(name=name, label=label, unit="dimensionless", lower=lower, upper=upper)


def _entropy(qubits: int) -> ObservableSpec:
    most = (qubits // 2) * 0.6931471805599453
    return plain(ENTROPY, "Entanglement entropy of the lower half of the qubits, nats", 0.0, most)
