"""Ansätze, gradients and optimisers against PySCF, exact diagonalization and finite differences."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from pyscf import fci, gto, mcscf, scf
from qiskit.quantum_info import Statevector

from backends import systems
from backends.classical.exact import ExactBackend
from backends.errors import ProgramRejected
from backends.methods import programs
from backends.methods.problem import problem
from backends.methods.program import Program
from backends.methods.variational import vqe
from backends.methods.variational.choice import ANSATZE, ansatz_for
from backends.methods.variational.landscape import Landscape, kernel
from backends.methods.variational.search import Hunt
from backends.methods.variational.settings import Search
from backends.schema import Experiment, Result, RunOptions
from backends.simulators.aer import AerBackend
from backends.simulators.circuits import written
from tests.contract.cases import ISING, QUENCH
from tests.unit.backends.conftest import H2

RING: dict[str, Any] = {**ISING, "geometry": "ring"}
XXZ: dict[str, Any] = {
    "kind": "spin_lattice",
    "schema_version": 1,
    "model": "xxz",
    "geometry": "chain",
    "sites": 6,
    "parameters": {"delta": "field"},
    "controls": ISING["controls"],
}
BELOW = 1e-10


def molecule(*atoms: tuple[str, float | str], **changes: Any) -> dict[str, Any]:
    """Atoms on a line."""
    placed = [{"element": element, "position": [0, 0, z]} for element, z in atoms]
    return {**H2, "atoms": placed, **changes}


H4 = molecule(("H", 0), ("H", "bond_length"), ("H", 2.0), ("H", 2.9))
HELIUM_HYDRIDE = molecule(("He", 0), ("H", "bond_length"), charge=1)
LIH = molecule(("Li", 0), ("H", "bond_length"), frozen_core=True, controls=H2["controls"])


def asked(system: dict[str, Any], points: list[float], method: str = "vqe", **more: Any) -> Any:
    plain = Experiment(
        system=system,
        method=method,
        controls=(system["controls"][0]["name"],),
        points=np.array(points)[:, None],
        observables=("energy",),
    )
    return replace(plain, **more)


def prepared(experiment: Experiment) -> Program:
    return vqe.prepare(experiment, vqe.validate(experiment, RunOptions()))


def energies(experiment: Experiment, program: Program) -> np.ndarray:
    """Of the states that the program prepares, on our own state vector."""
    ansatz = vqe.chosen(experiment, systems.load(experiment.system))
    vectors = kernel(ansatz).vectors(np.array([row["parameters"] for row in program.raw]))
    rows = zip(program.operators, vectors, strict=True)
    return np.array([operators[0].expectation(vector) for operators, vector in rows])


def run(experiment: Experiment, options: RunOptions | None = None) -> Result:
    result = AerBackend().submit(experiment, options or RunOptions(), token="t")
    assert isinstance(result, Result)
    return result


def full(system: dict[str, Any], point: float, core: int = 0) -> float:
    """Full configuration interaction in the active space, by PySCF called directly."""
    places = [a["position"][2] for a in system["atoms"]]
    atoms = "; ".join(
        f"{a['element']} 0 0 {point if isinstance(z, str) else z}"
        for a, z in zip(system["atoms"], places, strict=True)
    )
    geometry = gto.M(atom=atoms, basis=system["basis"], verbose=0)
    field = scf.RHF(geometry).set(conv_tol=1e-12).run()
    cas = mcscf.CASCI(field, field.mo_coeff.shape[1] - core, geometry.nelectron - 2 * core)
    one, constant = cas.get_h1eff()
    electrons = (cas.nelecas[0], cas.nelecas[1])
    found, _ = fci.direct_spin1.kernel(
        one, cas.get_h2eff(), cas.ncas, electrons, ecore=constant, conv_tol=1e-12
    )
    return float(found)


def exact(experiment: Experiment) -> np.ndarray:
    asked_ = replace(experiment, method="ed", settings={})
    found: np.ndarray = ExactBackend().submit(asked_, RunOptions(), token="t").values
    return found


@pytest.mark.parametrize("mapping", ["jordan_wigner", "parity", "bravyi_kitaev"])
@pytest.mark.parametrize(("system", "core", "points"), [(H4, 0, [0.8, 1.1]), (LIH, 1, [1.3, 2.2])])
def test_uccsd_is_within_a_millihartree_of_full_ci_and_never_below(
    system: dict[str, Any], core: int, points: list[float], mapping: str
) -> None:
    experiment = asked({**system, "mapping": mapping}, points)
    program = prepared(experiment)
    assert program.facts["ansatz"] == "uccsd"
    errors = energies(experiment, program) - [full(system, point, core) for point in points]
    assert np.all(errors > -BELOW)
    assert np.all(errors < 1e-3)


@pytest.mark.parametrize("document", [H2, HELIUM_HYDRIDE])
@pytest.mark.parametrize(
    "settings", [{"ansatz": "uccsd"}, {"ansatz": "pair", "layers": 1}, {"ansatz": "two_electron"}]
)
def test_every_chemical_ansatz_is_exact_for_two_electrons(
    document: dict[str, Any], settings: dict[str, Any]
) -> None:
    experiment = asked(document, [0.4, 0.735, 2.2], settings=settings)
    program = prepared(experiment)
    two = asked(document, [0.4, 0.735, 2.2])
    best = energies(two, prepared(two))
    np.testing.assert_allclose(energies(experiment, program), best, rtol=0, atol=1e-9)


def test_two_pair_layers_find_full_ci_of_four_hydrogens() -> None:
    experiment = asked(H4, [0.9], settings={"ansatz": "pair", "layers": 2})
    error = energies(experiment, prepared(experiment))[0] - full(H4, 0.9)
    assert -BELOW < error < 1e-4


def test_two_qubits_of_hydrogen_take_the_hardware_efficient_ansatz() -> None:
    document = {**H2, "mapping": "parity"}
    experiment = asked(document, [0.735], settings={"ansatz": "hardware_efficient", "layers": 1})
    assert energies(experiment, prepared(experiment))[0] == pytest.approx(full(H2, 0.735), abs=1e-8)


@pytest.mark.parametrize("sites", [6, 8])
def test_half_as_many_layers_as_sites_are_exact_for_critical_rings(sites: int) -> None:
    experiment = asked({**RING, "sites": sites}, [0.8, 1.0, 1.3])
    program = prepared(experiment)
    assert program.facts["ansatz"] == "hamiltonian_variational"
    found = energies(experiment, program)
    assert found[1] == pytest.approx(-2 / np.sin(np.pi / (2 * sites)), abs=1e-6)
    errors = found - exact(experiment)[:, 0]
    assert np.all(errors > -BELOW)
    assert np.all(errors < 1e-6)


@pytest.mark.parametrize(
    ("system", "limit"),
    [
        ({**ISING, "sites": 6}, 1e-5),
        (XXZ, 1e-5),
        (XXZ | {"model": "j1j2", "parameters": {"j2": "field"}}, 0.2),
    ],
)
def test_spins_are_found_by_layers_of_their_hamiltonian(
    system: dict[str, Any], limit: float
) -> None:
    experiment = asked(system, [0.5, 1.0])
    errors = energies(experiment, prepared(experiment)) - exact(experiment)[:, 0]
    assert np.all(errors > -BELOW)
    assert np.all(errors < limit)


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


def test_simulators_measure_the_energy_that_was_found() -> None:
    experiment = asked(RING, [0.7, 1.2], observables=("energy", "magnetisation_x"))
    result = run(experiment)
    np.testing.assert_allclose(result.values, exact(experiment), rtol=0, atol=1e-6)
    assert result.provenance.details["optimisation"].endswith("noise-free state vector, gradient")


def test_spsa_reaches_a_tenth_of_a_coupling_and_repeats() -> None:
    settings = {"optimizer": "spsa", "optimizer_shots": 500}
    experiment = asked(ISING, [0.9], settings=settings)
    first, again = (prepared(experiment) for _ in range(2))
    error = energies(experiment, first)[0] - exact(experiment)[0, 0]
    assert 0 < error < 0.1
    assert first.raw == again.raw
    other = prepared(replace(experiment, settings={**settings, "optimizer_seed": 5}))
    assert other.raw != first.raw
    # A point's angles do not depend on the others.
    pair = prepared(replace(experiment, points=np.array([[1.7], [0.9]])))
    assert pair.raw[1] == first.raw[0]


def test_a_chunk_of_a_sweep_finds_what_the_whole_finds() -> None:
    whole = asked(H4, [0.7, 0.8, 0.9, 1.0])
    together = energies(whole, prepared(whole))
    last = replace(whole, points=whole.points[3:])
    assert energies(last, prepared(last))[0] == pytest.approx(together[3], abs=1e-8)


def test_a_search_that_does_not_converge_is_a_status() -> None:
    experiment = asked(RING, [0.8, 1.1], settings={"iterations": 2})
    result = run(experiment)
    assert sorted(result.failures) == [0, 1]
    assert "did not converge" in result.failures[0]
    assert "2 iterations" in result.failures[0]


def test_an_eigenstate_that_is_not_the_lowest_is_a_status() -> None:
    """Layers of exchange keep the singlets; a strong field magnetises the ground state."""
    parameters = {"parameters": {"hz": "field"}, "model": "heisenberg", "sites": 4}
    controls = [{**ISING["controls"][0], "upper": 4.0}]
    experiment = asked({**XXZ, **parameters, "controls": controls}, [0.7, 1.7, 3.0])
    result = run(experiment)
    assert sorted(result.failures) == [1, 2]
    assert "hamiltonian_variational does not lead" in result.failures[1]
    np.testing.assert_allclose(result.values[0], exact(experiment)[0], rtol=0, atol=1e-9)
    other = run(replace(experiment, settings={"ansatz": "hardware_efficient"}))
    np.testing.assert_allclose(other.values, exact(experiment), rtol=0, atol=1e-6)


def test_a_warm_start_leaves_a_bad_minimum() -> None:
    experiment = asked(H4, [0.8, 0.85])
    system = vqe.validate(experiment, RunOptions())
    ansatz = ansatz_for(system)
    posed = problem(system, experiment.points)
    operators = [row["hamiltonian"] for row in posed.operators]
    hunt = Hunt(
        ansatz=ansatz,
        operators=operators,
        landscape=Landscape.of(kernel(ansatz), operators),
        search=Search(),
    )
    best = hunt.best()
    spoilt = replace(
        best,
        values=best.values + np.array([0, 0.1]),
        parameters=best.parameters * np.array([[1], [0]]),
    )
    assert hunt._warmed(spoilt).values == pytest.approx(best.values, abs=1e-8)


@pytest.mark.parametrize(
    ("system", "settings", "field"),
    [
        (H4, {"ansatz": "two_electron"}, "/settings/ansatz"),
        (H4, {"ansatz": "hardware_efficient"}, "/settings/ansatz"),
        (ISING, {"ansatz": "uccsd"}, "/settings/ansatz"),
        (ISING, {"ansatz": "qaoa"}, "/settings/ansatz"),
        (H4, {"layers": 2}, "/settings/layers"),
        (ISING, {"layers": 1.5}, "/settings/layers"),
        (ISING, {"layers": 0}, "/settings/layers"),
        (ISING, {"optimizer": "rotosolve"}, "/settings/optimizer"),
        (ISING, {"order": 2}, "/settings/order"),
        ({**ISING, "sites": 15}, {}, "/system"),
        (QUENCH, {}, "/system/state"),
    ],
)
def test_what_cannot_be_optimised_is_refused(
    system: dict[str, Any], settings: dict[str, Any], field: str
) -> None:
    with pytest.raises(ProgramRejected, match="allowed: ") as rejected:
        AerBackend().check(asked(system, [0.9], settings=settings), RunOptions())
    assert rejected.value.field == field


HUBBARD: dict[str, Any] = {
    "kind": "fermi_hubbard",
    "schema_version": 1,
    "geometry": "chain",
    "sites": 2,
    "electrons": [1, 1],
    "parameters": {"U": "field"},
    "controls": ISING["controls"],
}


def test_the_hubbard_dimer_has_its_closed_form() -> None:
    points = np.array([0.5, 1.0, 2.4])
    result = run(asked(HUBBARD, points.tolist(), observables=("energy", "energy_1")))
    root = np.sqrt(points**2 + 16)
    np.testing.assert_allclose(result.values[:, 0], (points - root) / 2, rtol=0, atol=1e-8)
    np.testing.assert_allclose(result.values[:, 1], 0, atol=1e-8)


def test_four_sites_of_hubbard_are_within_a_thousandth_and_never_below() -> None:
    experiment = asked({**HUBBARD, "sites": 4, "electrons": [2, 2]}, [0.5, 2.0])
    errors = energies(experiment, prepared(experiment)) - exact(experiment)[:, 0]
    assert np.all(errors > -BELOW)
    assert np.all(errors < 1e-3)


def test_a_hamiltonian_without_a_natural_start_takes_the_hardware_efficient_ansatz() -> None:
    free = {key: value for key, value in HUBBARD.items() if key != "electrons"}
    experiment = asked(free, [1.5])
    program = prepared(experiment)
    assert program.facts["ansatz"] == "hardware_efficient"
    error = energies(experiment, program) - exact(experiment)[:, 0]
    assert -BELOW < error[0] < 1e-6


def test_an_estimate_counts_gates_and_the_time_of_the_search() -> None:
    backend = AerBackend()
    experiment = asked(H4, [0.7, 0.8, 0.9, 1.0])
    (part,) = prepared(experiment).parts
    assert programs.gates(experiment, systems.load(H4)) == len(part.circuit.gates)
    expected = backend.estimate(experiment, RunOptions()).seconds
    start = time.process_time()
    run(experiment)
    taken = time.process_time() - start
    assert taken / 8 < expected < 8 * taken
    levels = replace(experiment, observables=("gap",))
    assert backend.estimate(levels, RunOptions()).seconds > 2 * expected
