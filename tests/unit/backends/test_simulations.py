"""Which of Aer's simulations runs what, and that they agree; single precision on qsim."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from backends import registry
from backends.errors import ProgramRejected
from backends.methods.circuit import Circuit, Gate
from backends.methods.clifford import quarter_turns
from backends.schema import Result, RunOptions
from backends.simulators import rule
from backends.systems.projector import Projector
from tests.contract.cases import QUENCH, experiment_of
from tests.unit.backends.circuit_runs import dense, every_gate, mean, run_of, words

AER: Any = registry.get("aer")


def chain(sites: int, **changes: Any) -> dict[str, Any]:
    state = {"kind": "evolved", "initial": "0" * sites, "time": 1.5}
    return {**QUENCH, "sites": sites, "state": state, **changes}


def quench(sites: int, **changes: Any) -> Any:
    return experiment_of("trotter", system=chain(sites), **changes).rows(1, 3)


def run(name: str, experiment: Any, options: RunOptions | None = None) -> Result:
    result = registry.get(name).submit(experiment, options or RunOptions(), token="t")
    assert isinstance(result, Result)
    return result


def with_bond(experiment: Any, bond: float, **settings: Any) -> Any:
    rows = len(experiment.points)
    return replace(
        experiment,
        settings=settings,
        knobs=("bond_dimension",),
        knob_values=np.full((rows, 1), bond),
    )


def test_a_matrix_product_state_states_how_far_its_truncation_moves_it() -> None:
    exact = run("cirq", quench(8)).values
    previous = np.inf
    for bond in (2, 4, 16):
        found = run("aer", with_bond(quench(8), bond, simulation="matrix_product_state"))
        assert found.truncation_errors is not None
        error = np.abs(found.values - exact)
        # If doubling halves the error at least, the step is at least half of the error.
        assert (error <= 2 * found.truncation_errors + 1e-9).all()
        assert error.max() < previous
        previous = error.max()
    assert previous < 1e-9, "16 = 2^(8/2) keeps everything"


def test_a_sampled_matrix_product_state_states_it_too() -> None:
    asked = with_bond(quench(8), 3, simulation="matrix_product_state")
    exact, sampled = run("aer", asked), run("aer", asked, RunOptions(shots=4000, seed=3))
    assert exact.truncation_errors is not None
    assert sampled.truncation_errors == pytest.approx(exact.truncation_errors)
    assert (np.abs(sampled.values - exact.values) < 5 * sampled.std_errors).all()


@pytest.mark.parametrize("simulation", ["stabilizer", "matrix_product_state", "statevector"])
def test_probabilities_of_bit_strings_need_no_state_vector(simulation: str) -> None:
    bell = run_of(
        Circuit(3, (Gate("h", (0,)), Gate("cx", (0, 2)))), settings={"simulation": simulation}
    )
    wanted = [Projector(3, 0b101), *words("ZIZ"), Projector(3, 0b100)]
    assert AER.expectations(bell, [wanted])[0] == pytest.approx([0.5, 1, 0])


def test_a_state_vector_truncates_nothing() -> None:
    assert run("aer", quench(4)).truncation_errors is None


def test_stabilizers_agree_with_a_density_matrix() -> None:
    circuit = every_gate(3)
    kept = tuple(gate for gate in circuit.gates if gate.name not in {"t", "tdg"})
    circuit = Circuit(3, kept, circuit.angles)
    angles = np.random.default_rng(5).integers(-3, 9, (3, circuit.angles)) * np.pi / 2
    labels = ("IIZ", "XIY", "ZZZ", "IXX", "YIZ")
    settings = {"simulation": "stabilizer", "readout_error": 0.02}
    found = AER.expectations(run_of(circuit, angles, settings=settings), [words(*labels)] * 3)
    for row, turned in zip(found, angles, strict=True):
        density = dense(circuit, turned.tolist(), {})
        assert row == pytest.approx([mean(density, label, 0.02) for label in labels], abs=1e-9)


def test_stabilizers_are_sampled_row_by_row() -> None:
    circuit = Circuit(2, (Gate("rx", (0,), 0), Gate("cx", (0, 1))), 1)
    asked = run_of(
        circuit,
        [[np.pi], [0.0]],
        bases=("ZZ", "ZI"),
        shots=50,
        settings={"simulation": "stabilizer"},
    )
    assert AER.counts(asked) == [[{"11": 50}] * 2, [{"00": 50}] * 2]


def test_an_angle_between_quarter_turns_is_refused() -> None:
    circuit = Circuit(1, (Gate("rx", (0,), 0),), 1)
    with pytest.raises(ProgramRejected, match=r"rx by 0.3 .* multiples of pi/2"):
        quarter_turns(circuit, np.array([0.3]))
    with pytest.raises(ProgramRejected, match="t is no Clifford gate"):
        quarter_turns(Circuit(1, (Gate("t", (0,)),)), np.empty(0))


LINE = tuple(Gate("cx", (k, k + 1)) for k in range(39))
DEEP = tuple(Gate("rzz", (k, k + 20), 0) for k in range(20)) * 3


@pytest.mark.parametrize(
    ("circuit", "noisy", "expected"),
    [
        (Circuit(4, (Gate("rx", (0,), 0),), 1), False, "statevector"),
        (Circuit(8, LINE[:7]), True, "density_matrix"),
        (Circuit(11, LINE[:10]), True, "statevector"),
        (Circuit(40, LINE), False, "stabilizer"),
        (Circuit(40, (Gate("t", (0,)), *LINE)), False, "matrix_product_state"),
        (Circuit(24, (Gate("t", (0,)), *LINE[:23] * 9)), False, "statevector"),
    ],
)
def test_the_rule_takes(circuit: Circuit, noisy: bool, expected: str) -> None:
    assert rule.choose(circuit, noisy=noisy, bond=64).simulation == expected


def test_the_rule_refuses_with_the_numbers() -> None:
    with pytest.raises(
        ProgramRejected, match=r"40 qubits need a bond dimension of up to 1\.05e\+06"
    ):
        rule.choose(Circuit(40, DEEP, 1), noisy=False, bond=64)


def test_what_ran_is_in_the_provenance() -> None:
    asked = quench(4)
    (chosen,) = run("aer", asked).provenance.details["simulation"]
    assert chosen["name"] == "statevector"


@pytest.mark.parametrize(
    ("bond", "simulation", "field"),
    [
        (2.5, "matrix_product_state", "/knobs/bond_dimension/0"),
        (8, "statevector", "/knobs/bond_dimension"),
    ],
)
def test_a_bond_dimension_that_means_nothing_is_refused(
    bond: float, simulation: str, field: str
) -> None:
    with pytest.raises(ProgramRejected) as refused:
        AER.check(with_bond(quench(4), bond, simulation=simulation), RunOptions())
    assert refused.value.field == field


def test_single_precision_stays_within_its_rounding() -> None:
    """Each of G gates rounds amplitudes to 2^-24; values then move by about G 2^-23 at most."""
    found, exact = run("qsim", quench(10)), run("aer", quench(10))
    error = np.abs(found.values - exact.values).max()
    words_of_the_energy, depth = 2 * 10 - 1, 16 * 2 * 2 * 10
    assert 0 < error < words_of_the_energy * depth * 2.0**-23
    assert "single" in found.provenance.details["precision"]
