"""The search for the least energy: what it finds, what it refuses, what it costs."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from backends import systems
from backends.errors import ProgramRejected
from backends.methods import programs
from backends.methods.problem import problem
from backends.methods.variational import vqe
from backends.methods.variational.choice import ansatz_for
from backends.methods.variational.landscape import Landscape, kernel
from backends.methods.variational.search import Hunt
from backends.methods.variational.settings import Search
from backends.schema import RunOptions
from backends.simulators.aer import AerBackend
from tests.contract.cases import ISING, QUENCH
from tests.unit.backends.variational.searches import (
    H4,
    RING,
    XXZ,
    asked,
    energies,
    exact,
    prepared,
    run,
)


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
