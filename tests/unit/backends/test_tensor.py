"""DMRG against free fermions, exact diagonalization and full configuration interaction."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from backends import registry
from backends.errors import ProgramRejected
from backends.schema import Experiment, Result, RunOptions
from backends.systems.pauli import PauliSum, PauliWord
from backends.tensor.automaton import automaton
from backends.tensor.chain import MATRICES
from backends.tensor.strings import strings
from tests.unit.backends.conftest import H2

FIELD = {"name": "field", "label": "Field", "unit": "dimensionless", "lower": 0, "upper": 3}


def chain(sites: int | list[int], **fields: Any) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "kind": "spin_lattice",
        "schema_version": 1,
        "model": "ising",
        "geometry": "chain",
        "sites": sites,
        "parameters": {"hx": "field"},
        "controls": [FIELD],
    }
    return plain | fields


def experiment(
    system: dict[str, Any],
    *observables: str,
    at: tuple[float, ...] = (1.0,),
    chi: float | None = None,
    method: str = "dmrg",
) -> Experiment:
    return Experiment(
        system=system,
        method=method,
        controls=tuple(control["name"] for control in system["controls"]),
        points=np.array(at)[:, None],
        observables=observables,
        knobs=() if chi is None else ("bond_dimension",),
        knob_values=np.empty((0, 0)) if chi is None else np.full((len(at), 1), chi),
    )


def run(asked: Experiment, *, backend: str = "tenpy", seed: int | None = None) -> Result:
    result = registry.get(backend).submit(asked, RunOptions(seed=seed), token="t")
    assert isinstance(result, Result)
    return result


def quasiparticles(sites: int, field: float) -> Any:
    """Energies of the free fermions of an open Ising chain: Pfeuty, Ann. Phys. 57, 79 (1970)."""
    table = np.diag(np.full(sites, field)) + np.diag(np.ones(sites - 1), 1)
    return 2 * np.linalg.svd(table, compute_uv=False)


def test_an_automaton_is_the_sum_that_it_was_built_from() -> None:
    generator = np.random.default_rng(3)
    for qubits in (3, 5):
        words = generator.integers(2**qubits, size=(14, 2)).tolist()
        operator = PauliSum(qubits, {PauliWord(x, z): float(generator.normal()) for x, z in words})
        machine = automaton(strings(operator), qubits)
        states: dict[int, Any] = {0: np.eye(1)}
        for edges in machine.edges:
            moved: dict[int, Any] = {}
            for (left, right, name), coefficient in edges.items():
                if left in states:
                    part = coefficient * np.kron(MATRICES[name], states[left])
                    moved[right] = moved.get(right, 0) + part
            states = moved
        np.testing.assert_allclose(states[0], operator.matrix(), atol=1e-12)


def test_all_pairs_need_only_half_as_many_states_as_sites() -> None:
    pairs = {PauliWord(0, 1 << i | 1 << j): abs(i - j) ** -6.0 for i in range(20) for j in range(i)}
    assert max(automaton(strings(PauliSum(20, pairs)), 20).widths) == 12


def test_a_critical_chain_has_the_energy_and_gap_of_free_fermions() -> None:
    result = run(experiment(chain(10), "energy", "gap", chi=16))
    modes = quasiparticles(10, 1.0)
    assert result.values[0] == pytest.approx([-modes.sum() / 2, modes.min()], abs=1e-8)
    assert result.truncation_errors is not None
    assert result.truncation_errors.max() < 1e-8


def test_a_long_chain_has_the_energy_of_free_fermions() -> None:
    result = run(experiment(chain(24), "energy", chi=10))
    error = abs(result.values[0, 0] + quasiparticles(24, 1.0).sum() / 2)
    assert result.truncation_errors is not None
    assert error < 1e-7
    assert error < 3 * result.truncation_errors[0, 0] + 1e-10


@pytest.mark.parametrize("chi", [2, 4])
def test_truncation_errors_cover_what_a_low_bond_dimension_loses(chi: int) -> None:
    names = ("energy", "correlation_zz", "entanglement_entropy")
    found = run(experiment(chain(10), *names, chi=chi))
    exact = run(experiment(chain(10), *names, method="ed"), backend="exact")
    assert found.truncation_errors is not None
    lost = np.abs(found.values - exact.values)
    assert (found.truncation_errors > 0).all()
    assert (lost <= 3 * found.truncation_errors).all()
    assert lost.max() > 1e-5


@pytest.mark.parametrize(
    "system",
    [
        chain(
            8,
            model="ising",
            parameters={"J": 0.8, "hx": "field", "hz": 0.3},
            disorder={"hz": {"width": 0.4, "seed": 3}},
        ),
        chain(8, model="heisenberg", parameters={"hz": "field * 0.01"}),
        chain(8, geometry="ladder", model="xxz", parameters={"delta": 0.4, "hz": "field * 0.2"}),
        chain([3, 3], geometry="square", parameters={"hx": "field", "hz": 0.5}),
    ],
)
def test_small_lattices_agree_with_exact_diagonalization(system: dict[str, Any]) -> None:
    names = (
        "energy",
        "energy_per_site",
        "magnetisation_z",
        "magnetisation_squared",
        "end_to_end_zz",
        "entanglement_entropy",
    )
    found = run(experiment(system, *names, at=(0.7,)))
    exact = run(experiment(system, *names, at=(0.7,), method="ed"), backend="exact")
    np.testing.assert_allclose(found.values, exact.values, atol=2e-7)
    assert found.truncation_errors is not None
    assert not found.truncation_errors.any()


def test_a_ground_state_that_is_not_one_state_is_a_failure() -> None:
    ferromagnet = chain(8, parameters={"hx": "field * 0.0"})
    asked = experiment(ferromagnet, "energy", "magnetisation_z")
    assert "degenerate" in run(asked).failures[0]
    energy = run(experiment(ferromagnet, "energy"))
    assert energy.values[0, 0] == pytest.approx(-7.0, abs=1e-9)


def test_a_seed_gives_the_same_bits_again() -> None:
    asked = experiment(chain(6), "energy", "correlation_zz", chi=3)
    first, again = (run(asked, seed=5).to_dict() for _ in range(2))
    assert first["values"] == again["values"]
    assert first["truncation_errors"] == again["truncation_errors"]


@pytest.mark.slow
def test_the_error_falls_as_the_bond_dimension_grows() -> None:
    exact = -quasiparticles(8, 1.0).sum() / 2
    errors = [run(experiment(chain(8), "energy", chi=c)).values[0, 0] - exact for c in (2, 4, 8)]
    assert all(a > 2 * b > 0 for a, b in pairwise(errors))


def test_hydrogen_has_the_energy_of_full_configuration_interaction() -> None:
    found = run(experiment(H2, "energy", at=(0.7414, 1.8)))
    exact = run(experiment(H2, "energy", at=(0.7414, 1.8), method="fci"), backend="pyscf")
    np.testing.assert_allclose(found.values, exact.values, atol=1e-8)


def quench(sites: int | list[int], initial: str, **fields: Any) -> dict[str, Any]:
    plain = {"parameters": {"hx": 1.3}} | fields
    state = {"kind": "evolved", "initial": initial, "time": "field"}
    return chain(sites, state=state, **plain)


@pytest.mark.parametrize(
    "system",
    [
        quench(7, "0000000"),
        quench(6, "0+1-01", geometry="ladder", model="xxz", parameters={"delta": 0.5, "hz": 0.2}),
        quench(5, "00100", geometry="ring", model="heisenberg", parameters={}),
    ],
)
def test_evolved_states_agree_with_exact_evolution(system: dict[str, Any]) -> None:
    names = (
        "energy",
        "magnetisation_z",
        "correlation_xx",
        "end_to_end_zz",
        "return_probability",
        "entanglement_entropy",
    )
    times = (0.7, 0.0, 0.37)
    found = run(experiment(system, *names, at=times, method="tebd"))
    exact = run(experiment(system, *names, at=times, method="evolution"), backend="exact")
    lost = np.abs(found.values - exact.values)
    assert found.truncation_errors is not None
    assert lost.max() < 1e-6
    assert (lost <= 2 * found.truncation_errors + 1e-10).all()


def test_a_low_bond_dimension_says_how_much_of_an_evolution_it_loses() -> None:
    names = ("magnetisation_z", "entanglement_entropy")
    found = run(experiment(quench(10, "0" * 10), *names, at=(0.8, 1.6), chi=3, method="tebd"))
    exact = run(
        experiment(quench(10, "0" * 10), *names, at=(0.8, 1.6), method="evolution"),
        backend="exact",
    )
    lost = np.abs(found.values - exact.values)
    assert found.truncation_errors is not None
    assert lost[1].min() > 1e-3
    assert (lost <= 3 * found.truncation_errors).all()


def test_a_shorter_step_brings_the_error_down_with_its_fourth_power() -> None:
    system = quench(5, "00000")
    exact = run(
        experiment(system, "magnetisation_z", at=(2.0,), method="evolution"), backend="exact"
    )
    errors = []
    for step in (0.2, 0.1):
        asked = experiment(system, "magnetisation_z", at=(2.0,), method="tebd")
        found = run(replace(asked, settings={"time_step": step}))
        errors.append(abs(found.values - exact.values).item())
    assert 10 < errors[0] / errors[1] < 24


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        (experiment(chain(2), "energy"), "/system"),
        (experiment(chain(8), "energy_2"), "/observables/0"),
        (experiment(chain(8), "energy", chi=2.5), "/knobs/bond_dimension/0"),
        (experiment(chain(128), "energy", chi=1024), "/knobs/bond_dimension"),
        (
            experiment(chain(8, state={"kind": "thermal", "temperature": 1}), "energy"),
            "/system/state",
        ),
        (experiment(chain(8), "energy", method="tebd"), "/system/state"),
        (experiment(H2, "energy", method="tebd"), "/system/kind"),
        (experiment(quench(8, "0" * 8), "gap", method="tebd"), "/observables/0"),
    ],
)
def test_what_cannot_run_is_refused_before_it_starts(asked: Experiment, field: str) -> None:
    with pytest.raises(ProgramRejected) as rejected:
        registry.get("tenpy").check(asked, RunOptions())
    assert rejected.value.field == field
