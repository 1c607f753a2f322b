from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backends.errors import ProgramRejected
from backends.methods.variational import adapt, gradient
from backends.methods.variational.landscape import Landscape, kernel
from backends.schema import RunOptions
from backends.simulators.aer import AerBackend
from backends.systems.pauli import PauliSum, PauliWord
from tests.contract.cases import ISING
from tests.unit.backends.conftest import turned
from tests.unit.backends.variational.searches import BELOW, H4, LIH, XXZ, asked, exact, full, run


@pytest.mark.parametrize(("system", "core", "point"), [(H4, 0, 0.9), (LIH, 1, 1.6)])
def test_molecules_are_within_a_millihartree_of_full_ci_and_never_below(
    system: dict[str, Any], core: int, point: float
) -> None:
    result = run(asked(system, [point], "adapt"))
    error = result.values[0, 0] - full(system, point, core)
    assert -BELOW < error < 1e-3
    assert result.raw[0]["gradient_norm"] < 1e-3


def test_the_energy_falls_with_every_operator_and_the_first_is_the_steepest() -> None:
    errors, chosen = [], []
    for count in (1, 3, 6):
        result = run(asked(H4, [0.9], "adapt", settings={"max_operators": count}))
        assert len(result.raw[0]["operators"]) == count
        chosen.append(result.raw[0]["operators"])
        errors.append(result.values[0, 0] - full(H4, 0.9))
    assert errors[0] > errors[1] > errors[2] > 0
    assert chosen[2][:3] == chosen[1]
    # The gap is smallest between the middle orbitals: that pair excitation comes first.
    flipped = {k for label, _ in chosen[0][0] for k, c in enumerate(reversed(label)) if c in "XY"}
    assert flipped == {1, 2, 5, 6}


def test_spins_grow_from_words_on_one_and_two_qubits() -> None:
    experiment = asked(ISING, [0.6, 1.4], "adapt", observables=("energy", "correlation_zz"))
    result = run(experiment)
    np.testing.assert_allclose(result.values, exact(experiment), rtol=0, atol=1e-5)


def test_chains_of_exchange_leave_their_singlets() -> None:
    """Words on one and two qubits alone end there, 0.9 too high."""
    experiment = asked(XXZ, [0.6, 1.4], "adapt")
    result = run(experiment)
    np.testing.assert_allclose(result.values, exact(experiment), rtol=0, atol=1e-6)
    assert all(row["energy_spread"] < 1e-3 for row in result.raw)


@pytest.mark.parametrize(
    ("geometry", "sites", "changes"),
    [
        ("chain", 2, {}),
        ("ring", 3, {}),
        ("chain", 4, {"hz": 0.3}),
        ("ring", 4, {"J": -1}),
        ("chain", 5, {"J": -0.6}),
        ("ring", 6, {}),
    ],
)
def test_a_start_of_another_symmetry_is_left_for_one_of_the_ground_state(
    geometry: str, sites: int, changes: dict[str, float]
) -> None:
    """All spins up, an eigenstate, is where these begin."""
    controls = [{**ISING["controls"][0], "lower": -2.0, "upper": 2.0}]
    parameters = {"delta": "field", **changes}
    system = {**XXZ, "geometry": geometry, "sites": sites, "parameters": parameters}
    experiment = asked({**system, "controls": controls}, [-1.5, -0.7, 0.7], "adapt")
    result = run(experiment)
    assert not result.failures
    np.testing.assert_allclose(result.values, exact(experiment), rtol=0, atol=1e-5)


def test_magnetised_chains_are_not_left_in_their_singlets() -> None:
    system = {**XXZ, "model": "heisenberg", "sites": 4, "parameters": {"hz": "field"}}
    controls = [{**ISING["controls"][0], "upper": 8.0}]
    experiment = asked({**system, "controls": controls}, [0.7, 3.0, 7.0], "adapt")
    result = run(experiment)
    np.testing.assert_allclose(result.values, exact(experiment), rtol=0, atol=1e-5)
    assert result.raw[0]["start"] != result.raw[1]["start"]


def test_a_trap_from_every_start_is_a_status() -> None:
    """The GHZ state: no operator on three qubits joins its halves, each alone 1 too high."""
    bonds = {f"Z{q} Z{q + 1}": -1.0 for q in range(3)}
    system = {
        "kind": "pauli_sum",
        "schema_version": 1,
        "qubits": 4,
        "terms": {"X0 X1 X2 X3": "-field", **bonds},
        "controls": ISING["controls"],
    }
    experiment = asked(system, [1.0], "adapt")
    assert exact(experiment) == pytest.approx(-4.0)
    result = run(experiment)
    assert "trapped" in result.failures[0]
    assert "stationary" in result.failures[0]
    assert result.raw[0]["energy_spread"] == pytest.approx(1.0)


def test_a_search_that_goes_on_knows_the_curvature(monkeypatch: pytest.MonkeyPatch) -> None:
    seen, plain = [], Landscape.gradients

    def counted(self: Landscape, parameters: Any, rows: Any) -> Any:
        seen.append(len(parameters))
        return plain(self, parameters, rows)

    monkeypatch.setattr(Landscape, "gradients", counted)
    ansatz = turned("XYII", "IXYI", "IIXY", "YIIX", "ZYXI")
    words = {"XXII": 1.0, "IXXI": 0.9, "IIXX": 1.1, "ZIII": 0.4, "IIIZ": -0.3, "YYII": 0.5}
    operator = PauliSum(4, {PauliWord.parse(label): weight for label, weight in words.items()})
    landscape = Landscape.of(kernel(ansatz), [operator])
    cold = gradient.minimise(landscape, np.full((1, 5), 0.1), 500)
    curvature = gradient.resumed(landscape, np.full((1, 5), 0.1), 500, np.eye(5)[None])[1]
    counts = []
    for inverse in (np.eye(5)[None], curvature):
        seen.clear()
        found, _ = gradient.resumed(landscape, cold.parameters + 0.02, 500, inverse)
        assert found.values == pytest.approx(cold.values, abs=1e-9)
        counts.append(len(seen))
    assert counts[1] < 0.8 * counts[0], counts


def test_each_point_has_its_own_circuit_and_shots() -> None:
    experiment = asked(H4, [0.8, 1.1], "adapt", settings={"gradient_threshold": 0.05})
    whole = adapt.prepare(experiment, adapt.validate(experiment, RunOptions()))
    assert len(whole.parts) == 2
    spins = asked(ISING, [0.4, 1.6], "adapt")
    seen, limit = run(spins, RunOptions(shots=4000, seed=2)), run(spins)
    assert np.all(np.abs(seen.values - limit.values) < 5 * seen.std_errors)


def test_too_few_iterations_are_a_status() -> None:
    result = run(asked(H4, [0.9], "adapt", settings={"iterations": 1}))
    assert "did not converge" in result.failures[0]


def test_settings_of_other_methods_are_refused() -> None:
    for settings in ({"ansatz": "uccsd"}, {"max_operators": 2.5}, {"gradient_threshold": 0}):
        with pytest.raises(ProgramRejected, match="allowed: ") as rejected:
            AerBackend().check(asked(H4, [0.9], "adapt", settings=settings), RunOptions())
        assert rejected.value.field == f"/settings/{next(iter(settings))}"
