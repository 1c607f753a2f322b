"""States of the ansätze: their gradients, circuits and symmetries."""

from __future__ import annotations

import numpy as np
import pytest
from qiskit.quantum_info import Statevector

from backends import systems
from backends.methods.problem import problem
from backends.methods.variational.choice import ANSATZE, ansatz_for
from backends.methods.variational.landscape import Landscape, kernel
from backends.simulators.circuits import written
from tests.contract.cases import ISING
from tests.unit.backends.variational.searches import BELOW, H4, asked, energies, exact, prepared


def test_the_hardware_efficient_ansatz_reaches_every_real_state() -> None:
    experiment = asked(ISING, [0.9], settings={"ansatz": "hardware_efficient"})
    error = energies(experiment, prepared(experiment)) - exact(experiment)[:, 0]
    assert -BELOW < error[0] < 1e-8


@pytest.mark.parametrize("name", ANSATZE[1:])
def test_gradients_are_differences_and_circuits_prepare_the_states(name: str) -> None:
    document = ISING if name in ANSATZE[3:] else H4
    system = systems.load(document)
    layers = None if name == "uccsd" else 2
    ansatz = ansatz_for(system, name=name, layers=layers)
    ready = kernel(ansatz)
    rng = np.random.default_rng(4)
    parameters = rng.normal(size=(2, ansatz.parameters))
    posed = problem(system, np.array([[0.9], [1.1]]))
    operators = [row["hamiltonian"] for row in posed.operators]
    landscape = Landscape.of(ready, operators)
    rows = np.arange(2)
    values, gradients = landscape.gradients(parameters, rows)
    vectors = ready.vectors(parameters)
    means = [one.expectation(vector) for one, vector in zip(operators, vectors, strict=True)]
    np.testing.assert_allclose(values, means, rtol=0, atol=1e-10)
    for index in range(ansatz.parameters):
        step = 1e-5 * np.eye(ansatz.parameters)[index]
        ahead = landscape.values(parameters + step, rows)
        behind = landscape.values(parameters - step, rows)
        np.testing.assert_allclose(gradients[:, index], (ahead - behind) / 2e-5, atol=1e-8)
    circuit = written(ansatz.circuit)
    angles = ansatz.angles(parameters)[0]
    named = {p: angles[int(p.name.removeprefix("theta_"))] for p in circuit.parameters}
    other = Statevector(circuit.assign_parameters(named)).data
    assert abs(np.vdot(other, vectors[0])) == pytest.approx(1, abs=1e-10)


def test_excitations_conserve_the_electrons_of_each_spin() -> None:
    ansatz = ansatz_for(systems.load(H4), name="uccsd")
    members = kernel(ansatz).space.members
    assert len(members) == 36
    assert set(np.bitwise_count(members & 0b1111)) == set(np.bitwise_count(members >> 4)) == {2}
