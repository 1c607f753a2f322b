"""Sample-based quantum diagonalization, against full CI and exact diagonalization."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backends import registry
from backends.classical import basis, integrals
from backends.errors import ProgramRejected
from backends.methods.problem import problem
from backends.methods.sqd import configurations
from backends.methods.sqd.diagonalization import Diagonalization, unseen
from backends.methods.sqd.recovery import recovered, weight
from backends.methods.sqd.subspace import Space
from backends.schema import Experiment, Result, RunOptions
from backends.systems import Molecule, load
from backends.systems.pauli import PauliSum, PauliWord
from tests.contract.cases import ISING
from tests.unit.backends.conftest import H2

H4: dict[str, Any] = {
    **H2,
    "atoms": [{"element": "H", "position": [0, 0, f"{k} * bond_length"]} for k in range(4)],
}
LIH: dict[str, Any] = {
    **H2,
    "atoms": [
        {"element": "Li", "position": [0, 0, 0]},
        {"element": "H", "position": [0, 0, "bond_length"]},
    ],
    "active_space": {"electrons": 2, "orbitals": 5},
}
HUBBARD: dict[str, Any] = {
    "kind": "fermi_hubbard",
    "schema_version": 1,
    "geometry": "chain",
    "sites": 3,
    "parameters": {"t": 1.0, "U": "u"},
    "electrons": [2, 1],
    "controls": [{"name": "u", "label": "U", "unit": "dimensionless", "lower": 0.0, "upper": 10.0}],
}
XXZ: dict[str, Any] = {**ISING, "model": "xxz", "parameters": {"delta": "field"}, "sites": 6}
NEVER_BELOW = 1e-9


def run(
    system: dict[str, Any],
    *at: float,
    method: str = "sqd",
    backend: str = "aer",
    shots: int | None = None,
    seed: int = 1,
    observables: tuple[str, ...] = ("energy",),
    **settings: Any,
) -> Result:
    experiment = Experiment(
        system=system,
        method=method,
        controls=(system["controls"][0]["name"],),
        points=np.array(at)[:, None],
        observables=observables,
        settings=settings,
    )
    options = RunOptions(shots=shots, seed=None if shots is None else seed)
    answer = registry.get(backend).submit(experiment, options, token="t")
    assert isinstance(answer, Result)
    return answer


def energy(*args: Any, **options: Any) -> float:
    return float(run(*args, **options).values[0, 0])


def full_ci(system: dict[str, Any], at: float) -> float:
    """PySCF's own full CI on our integrals, called directly."""
    from pyscf import fci

    molecule = load(system)
    assert isinstance(molecule, Molecule)
    found = next(integrals.sweep(molecule, np.array([[at]])))
    assert isinstance(found, integrals.Integrals)
    electrons = molecule.space.electrons
    lowest, _ = fci.direct_spin1.kernel(
        found.one, found.two, len(found.one), electrons, ecore=found.constant, conv_tol=1e-12
    )
    return float(lowest)


@pytest.mark.parametrize(("system", "at"), [(H2, 0.7), (H4, 1.5), (LIH, 1.6)])
def test_enough_shots_give_full_ci_and_fewer_lie_above(system: dict[str, Any], at: float) -> None:
    exact = full_ci(system, at)
    assert energy(system, at) == pytest.approx(exact, abs=1e-9)
    assert energy(system, at, shots=200_000) == pytest.approx(exact, abs=1e-5)
    few = [energy(system, at, shots=4, seed=seed) for seed in range(4)]
    assert max(few) > exact + 1e-4
    assert min(few) > exact - NEVER_BELOW


def test_the_subspace_energy_is_that_of_pyscfs_selected_ci() -> None:
    """On random strings, with the penalty on the spin that PySCF adds by default left out."""
    from pyscf.fci import selected_ci

    molecule, rng = load(H4), np.random.default_rng(3)
    assert isinstance(molecule, Molecule)
    found = next(integrals.sweep(molecule, np.array([[1.2]])))
    assert isinstance(found, integrals.Integrals)
    posed = problem(molecule, np.array([[1.2]]), mapping="jordan_wigner")
    space = Space.of(posed.operators[0]["energy"], posed.sector)
    for count in (2, 4, 6):
        strings = np.sort(
            rng.choice([0b0011, 0b0101, 0b0110, 0b1001, 0b1010, 0b1100], count, False)
        )
        states = np.bitwise_or.outer(strings, strings << 4).ravel()
        solver = selected_ci.SelectedCI()
        expected, _ = selected_ci.kernel_fixed_space(
            solver, found.one, found.two, 4, (2, 2), (strings, strings), ecore=found.constant,
            tol=1e-12,
        )  # fmt: skip
        assert space.ground(np.sort(states)).energy == pytest.approx(expected, abs=1e-8)


def test_large_subspaces_are_diagonalised_as_small_ones_are() -> None:
    """Lanczos against LAPACK on a complex matrix, from scratch and near a known state."""
    rng = np.random.default_rng(2)
    words = {PauliWord(*map(int, rng.integers(0, 512, 2))): float(rng.normal()) for _ in range(12)}
    space = Space.of(PauliSum(9, words), ())
    assert np.iscomplexobj(space.matrix)
    some = np.sort(rng.choice(512, 400, replace=False))
    matrix = space.matrix.toarray()[np.ix_(some, some)]
    lowest = np.linalg.eigvalsh(matrix)[0]
    found = space.ground(some)
    assert found.energy == pytest.approx(lowest, abs=1e-10)
    assert space.ground(some, space.ground(some[:350])).energy == pytest.approx(lowest, abs=1e-10)
    whole = np.zeros(512, dtype=complex)
    whole[some] = found.state
    square = np.linalg.norm(space.matrix @ whole) ** 2 - lowest**2
    assert found.variance == pytest.approx(square, abs=1e-8)


@pytest.mark.parametrize("noise", [{"readout_error": 0.05}, {"depolarizing_1q": 0.05}])
def test_noise_without_shots_gives_every_configuration_that_it_reaches(noise: Any) -> None:
    """Six spins of XXZ keep three up, 20 basis states; noise gives all 64."""
    ideal, noisy = run(XXZ, 2.0), run(XXZ, 2.0, **noise)
    assert ideal.raw[0]["configurations"] == 20
    assert noisy.raw[0]["configurations"] == 64


def test_nested_samples_lower_the_energy() -> None:
    posed = problem(load(H4), np.array([[1.5]]), mapping="jordan_wigner")
    hamiltonian = posed.operators[0]["energy"]
    solver = Diagonalization(
        hamiltonians=[hamiltonian],
        factors=[np.ones(1)],
        sector=posed.sector,
        combined=True,
        recovery=0,
        most=None,
    )
    order = np.random.default_rng(5).permutation(basis.states(8, posed.sector))
    energies = []
    for count in range(1, len(order) + 1):
        counts = {format(state, "08b"): 1 for state in order[:count].tolist()}
        energies.append(solver.from_counts(0, counts, 1).values[0])
    assert np.all(np.diff(energies) < NEVER_BELOW)
    assert energies[0] > energies[-1] + 0.1
    assert energies[-1] == pytest.approx(full_ci(H4, 1.5), abs=1e-9)


def test_a_noisy_device_gives_configurations_and_not_its_error() -> None:
    exact = full_ci(H2, 0.7)
    raw = energy(H2, 0.7, method="vqe", backend="fake-ibm", shots=1000)
    for recovery in (0, 2):
        solved = energy(H2, 0.7, backend="fake-ibm", shots=1000, recovery=recovery)
        assert exact - NEVER_BELOW < solved < exact + 1e-6 < raw - 0.01


def test_recovery_finds_configurations_in_what_noise_has_spoiled() -> None:
    exact, noise = full_ci(H4, 1.5), {"readout_error": 0.1}
    plain, better = (
        [energy(H4, 1.5, shots=30, seed=seed, recovery=r, **noise) for seed in range(3)]
        for r in (0, 3)
    )
    assert min(plain + better) > exact - NEVER_BELOW
    assert np.mean(better) < np.mean(plain) - 0.01


def test_recovery_flips_what_the_occupations_call_for() -> None:
    sector = ((0b0111, 2), (0b111000, 1))
    states = np.full(4000, 0b011_111)
    occupations = np.array([0.99, 0.95, 0.06, 0.97, 0.02, 0.01])
    fixed = recovered(states, sector, occupations, np.random.default_rng(1))
    assert configurations.belongs(fixed, sector).all()
    # Of the two ones of spin down, one goes: with w(0.03) / (w(0.03) + w(0.98)) it is the first.
    w = weight(np.abs(np.array([[1 - 0.97, 1 - 0.02, 0.01]])), 1)[0]
    share = float(np.mean(fixed & 0b001_000 == 0))
    assert share == pytest.approx(w[0] / (w[0] + w[1]), abs=5 * np.sqrt(w[0] / 4000) + 1e-12)
    assert weight(np.array([[0.0, 0.5, 1.0]]), 1)[0] == pytest.approx([0, 0.01 + 0.99 / 4, 1.0])


@pytest.mark.parametrize("system", [XXZ, HUBBARD])
def test_lattices_are_diagonalised_in_what_was_read(system: dict[str, Any]) -> None:
    asked = ("energy", "energy_per_site")
    exact = run(system, 2.0, method="ed", backend="exact", observables=asked).values
    many = run(system, 2.0, shots=20_000, observables=asked)
    few = run(system, 2.0, shots=10, observables=asked)
    assert np.all(np.abs(many.values - exact) < 1e-3)
    assert np.all(few.values > exact + 1e-3)
    assert few.raw[0]["configurations"] < many.raw[0]["configurations"]
    assert few.values[0, 1] == pytest.approx(few.values[0, 0] / system["sites"])
    assert few.std_errors[0, 1] == pytest.approx(few.std_errors[0, 0] / system["sites"])


def test_a_seed_reproduces_and_recovers_alike() -> None:
    noise: dict[str, Any] = {"readout_error": 0.1, "recovery": 2}
    one, again, other = (run(H4, 1.5, shots=9, seed=seed, **noise) for seed in (3, 3, 4))
    assert one.values == again.values
    assert one.std_errors == again.std_errors
    assert one.values != other.values


def test_errors_hold_the_distance_to_many_shots() -> None:
    """At 200 shots of six spins much is missing; two stated errors are to hold 3 of 4 at least."""
    system = {**ISING, "sites": 6}
    many = run(system, *[0.6] * 24, shots=200)
    far = (many.values - energy(system, 0.6)) / many.std_errors
    assert far.min() > -1e-6
    assert np.mean(far < 2) >= 0.75
    assert 0.2 < np.mean(far) < 3


def test_what_was_never_read_is_weighed_by_what_was_read_once() -> None:
    assert unseen(np.array([1000, 500])) == 1.0
    assert unseen(np.ones(1000, dtype=np.int64)) == pytest.approx(np.e, rel=1e-3)


def test_the_largest_subspace_can_be_limited() -> None:
    whole, half = run(H4, 1.5), run(H4, 1.5, max_configurations=9)
    assert (whole.raw[0]["configurations"], half.raw[0]["configurations"]) == (36, 9)
    assert half.values[0, 0] > whole.values[0, 0] + 1e-3
    spins = run(XXZ, 2.0, max_configurations=5)
    assert spins.raw[0]["configurations"] == 5


@pytest.mark.parametrize(
    ("states", "sector", "expected", "first"),
    [
        # Both spins have one electron in two orbitals: either string is one of both.
        ([0b10_01], ((0b0011, 1), (0b1100, 1)), [0b01_01, 0b01_10, 0b10_01, 0b10_10], 0b01_01),
        # Two electrons up and one down in three: strings stay with their spin.
        (
            [0b001_011, 0b010_101],
            ((0b000111, 2), (0b111000, 1)),
            [0b001_011, 0b001_101, 0b010_011, 0b010_101],
            0b010_101,
        ),
    ],
)
def test_strings_of_both_spins_are_combined(
    states: Any, sector: Any, expected: Any, first: int
) -> None:
    weights = np.arange(1, len(states) + 1)
    found = configurations.products(np.array(states), weights, sector, None)
    assert found.tolist() == expected
    assert configurations.products(np.array(states), weights, sector, 3).tolist() == [first]


def test_a_point_without_a_good_configuration_fails_alone() -> None:
    posed = problem(load(H2), np.array([[0.7]]), mapping="jordan_wigner")
    solver = Diagonalization(
        hamiltonians=[posed.operators[0]["energy"]],
        factors=[np.ones(1)],
        sector=posed.sector,
        combined=True,
        recovery=1,
        most=None,
    )
    with pytest.raises(Exception, match="no shot has the numbers"):
        solver.from_counts(0, {"1111": 7}, 1)


def test_the_mapping_of_the_document_does_not_matter() -> None:
    assert energy({**H2, "mapping": "parity"}, 0.7) == pytest.approx(full_ci(H2, 0.7), abs=1e-9)


@pytest.mark.parametrize(
    ("system", "changes", "field"),
    [
        (H2, {"observables": ("gap",)}, "/observables/0"),
        (H2, {"recovery": 11, "shots": 10}, "/settings/recovery"),
        (H2, {"recovery": 0.5, "shots": 10}, "/settings/recovery"),
        (H2, {"recovery": 1}, "/settings/recovery"),
        (ISING, {"recovery": 1, "shots": 10}, "/settings/recovery"),
        (H2, {"max_configurations": 0}, "/settings/max_configurations"),
        (H2, {"max_configurations": 100_000}, "/settings/max_configurations"),
        (H2, {"method": "vqe", "recovery": 1}, "/settings/recovery"),
        (H2, {"simulation": "matrix_product_state"}, "/settings/simulation"),
        (H2, {"backend": "zne+aer", "shots": 1000}, "/method"),
        ({**ISING, "sites": 20}, {}, "/system"),
    ],
)
def test_bad_requests_are_refused_by_field(
    system: dict[str, Any], changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(ProgramRejected) as refused:
        run(system, 0.7, **changes)
    assert refused.value.field == field


def test_a_noise_gain_is_refused() -> None:
    experiment = Experiment(
        system=H2, method="sqd", controls=("bond_length",), points=np.array([[0.7]]),
        observables=("energy",), knobs=("noise_gain",), knob_values=np.array([[3.0]]),
    )  # fmt: skip
    with pytest.raises(ProgramRejected) as refused:
        registry.get("fake-ibm").check(experiment, RunOptions(shots=10))
    assert refused.value.field == "/knobs"


@pytest.mark.parametrize("backend", ["cirq", "qsim", "braket-sv", "braket-dm", "cirq-google"])
def test_every_simulator_of_circuits_samples(backend: str) -> None:
    exact = full_ci(H2, 0.7)
    solved = energy(H2, 0.7, backend=backend, shots=2000)
    assert solved == pytest.approx(exact, abs=1e-9)
    if registry.get(backend).capabilities.exact:
        assert energy(H2, 0.7, backend=backend) == pytest.approx(exact, abs=1e-9)
