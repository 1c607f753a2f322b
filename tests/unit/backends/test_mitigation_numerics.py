"""The pieces of mitigation against closed forms, and against draws whose truth is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from qiskit.quantum_info import Operator, Statevector

from backends.methods.circuit import Circuit, Gate
from backends.methods.estimator import estimate
from backends.methods.grouping import group
from backends.mitigation import extrapolation, ideal
from backends.mitigation.anchors import mirror
from backends.mitigation.calibration import Flip
from backends.mitigation.folding import Fold
from backends.mitigation.gates import conjugated, plain
from backends.mitigation.regression import Line
from backends.mitigation.symmetry import parities
from backends.mitigation.tape import Compilation
from backends.mitigation.task import Estimates, Task
from backends.mitigation.technique import Wrapped
from backends.mitigation.twirling import Twirl, Twirling
from backends.mitigation.words import Words
from backends.simulators.circuits import written
from backends.systems.pauli import PauliSum, PauliWord

CIRCUIT = Circuit(
    3,
    (
        Gate("h", (0,)), Gate("sx", (1,)), Gate("cx", (0, 2)), Gate("rz", (2,), 0),
        Gate("cz", (1, 2)), Gate("rzz", (0, 1), 1), Gate("s", (0,)), Gate("ry", (1,), 2),
        Gate("ecr", (2, 1)), Gate("t", (0,)), Gate("swap", (0, 1)), Gate("rx", (2,), 0),
        Gate("cx", (1, 0)), Gate("tdg", (2,)), Gate("sxdg", (0,)), Gate("y", (1,)),
    ),
    3,
)  # fmt: skip
ANGLES = np.array([[0.3, -1.2, 2.0], [1.1, 0.4, -0.6]])
SOURCE = Compilation(circuit=CIRCUIT, angles=ANGLES, places=(0, 1, 2), basis=PauliWord(0, 0))


def bound(circuit: Circuit, angles: Any) -> Any:
    made = written(circuit)
    return made.assign_parameters(
        {p: angles[int(p.name.removeprefix("theta_"))] for p in made.parameters}
    )


def test_states_are_those_of_qiskit() -> None:
    for state, angles in zip(ideal.states(CIRCUIT, ANGLES), ANGLES, strict=True):
        theirs = Statevector(bound(CIRCUIT, angles)).data
        assert abs(np.vdot(theirs, state)) == pytest.approx(1)


@pytest.mark.parametrize(
    "change",
    [
        *(Twirl(seed) for seed in range(6)),
        Fold(3),
        Fold(4 / 3),
        Fold(8 / 3, "local"),
        Fold(5, "local"),
    ],
)
def test_passes_keep_the_unitary(change: Any) -> None:
    changed = change(SOURCE)
    for before, after in zip(ANGLES, changed.angles, strict=True):
        assert Operator(bound(changed.circuit, after)).equiv(Operator(bound(CIRCUIT, before)))


@pytest.mark.parametrize("kind", ["global", "local"])
@pytest.mark.parametrize("gain", [1, 4 / 3, 8 / 3, 3, 5])
def test_folding_multiplies_the_two_qubit_gates(kind: str, gain: float) -> None:
    folded = Fold(gain, kind)(SOURCE)
    assert folded.two_qubit_gates == pytest.approx(gain * CIRCUIT.two_qubit_gates)


def test_a_mirror_ends_where_it_began_and_a_flip_turns_its_bits() -> None:
    mirrored = Flip(0b101)(mirror(SOURCE))
    for state in ideal.states(mirrored.circuit, mirrored.angles):
        assert abs(state[0b101]) == pytest.approx(1)


@pytest.mark.parametrize("name", ["h", "s", "sx", "sxdg", "cx", "cz", "swap", "ecr"])
def test_clifford_gates_move_words_as_their_matrices_do(name: str) -> None:
    matrix = plain(name)
    size = len(matrix).bit_length() - 1
    gate = Gate(name, tuple(range(size)))
    for x in range(2**size):
        for z in range(2**size):
            word = PauliWord(x, z)
            moved, sign = conjugated(gate, word)
            before = PauliSum(size, {word: 1.0}).matrix()
            after = PauliSum(size, {moved: float(sign)}).matrix()
            np.testing.assert_allclose(matrix @ before @ matrix.conj().T, after, atol=1e-12)


@pytest.mark.parametrize("basis", ["ZZZZ", "XXXX", "ZXZY", "IIII"])
def test_parities_hold_in_the_state_and_are_all_there_are(basis: str) -> None:
    """Rotations about words that share three parities with the start, at angles that are odd."""
    gates = (Gate("x", (0,)), Gate("x", (2,)), Gate("h", (3,)), Gate("cx", (0, 1)))
    turns = (Gate("rzz", (0, 1), 0), Gate("rzz", (2, 3), 1), Gate("rz", (2,), 2))
    circuit = Circuit(4, (*gates, *turns), 3)
    (state,) = ideal.states(circuit, np.array([[0.37, 1.21, -0.83]]))
    word = PauliWord.parse(basis)
    found = parities(circuit, word)
    holding = []
    for mask in range(1, 16):
        letters = "".join(
            ((basis[3 - q] if basis[3 - q] != "I" else "Z") if mask >> q & 1 else "I")
            for q in reversed(range(4))
        )
        value = PauliSum(4, {PauliWord.parse(letters): 1.0}).expectation(state)
        if abs(abs(value) - 1) < 1e-9:
            holding.append((mask, int(value < 0)))
    spanned = {(0, 0)}
    for mask, odd in found:
        spanned |= {(mask ^ other, odd ^ other_odd) for other, other_odd in spanned}
    assert spanned - {(0, 0)} == set(holding)


def read(counts: dict[str, int], operator: PauliSum) -> tuple[float, Words]:
    """Standard error of an operator's mean, and what was read of its words."""
    words = [word for word in operator.terms if word.support]
    weights = np.array([[[operator.terms[word] for word in words]]])
    seen = Words.of([counts], [word.support for word in words])
    return float(np.sqrt(seen.sums(weights, seen.extremes(weights))[0, 0, 0])), seen


@pytest.mark.parametrize(
    "counts", [{"01": 300, "10": 100}, {"01": 400}, {"00": 1, "01": 1, "11": 2}, {"00": 5, "11": 3}]
)
def test_errors_of_words_together_are_those_of_the_estimator(counts: dict[str, int]) -> None:
    """Two atoms gain 4 or 2 when excited; both together cost 1000 more."""
    pair = {"II": 247.0, "IZ": -248.0, "ZI": -249.0, "ZZ": 250.0}
    operator = PauliSum(2, {PauliWord.parse(label): weight for label, weight in pair.items()})
    error, seen = read(counts, operator)
    groups = group(set(operator.terms) - {PauliWord(0, 0)})
    assert error == pytest.approx(estimate([operator], groups, [counts]).std_errors[0], rel=1e-9)
    flipped = {f"{int(bits, 2) ^ 1:02b}": times for bits, times in counts.items()}
    turned = read(flipped, operator)[1].unflipped(1)
    np.testing.assert_allclose(turned.means, seen.means)
    np.testing.assert_allclose(turned.covariances, seen.covariances, atol=1e-15)
    np.testing.assert_array_equal(turned.outcomes, seen.outcomes)


def test_a_level_that_is_hardly_reached_does_not_enlarge_a_mitigated_error() -> None:
    pair = {"IZ": -248.0, "ZI": -249.0, "ZZ": 250.0}
    operator = PauliSum(2, {PauliWord.parse(label): weight for label, weight in pair.items()})
    error, _ = read({"01": 300, "10": 100}, operator)
    assert error == pytest.approx(np.std([-4, -4, -4, -2]) / np.sqrt(400), rel=0.02)


@pytest.mark.parametrize("kind", ["linear", "richardson"])
def test_extrapolations_are_exact_for_what_they_assume(kind: str) -> None:
    gains = np.array([1.0, 2.0, 3.0])
    eta = extrapolation.coefficients(kind, gains)
    assert eta.sum() == pytest.approx(1)
    assert eta @ (0.7 - 0.2 * gains) == pytest.approx(0.7)
    curved = eta @ (0.7 - 0.2 * gains + 0.05 * gains**2)
    assert (abs(curved - 0.7) < 1e-12) == (kind == "richardson")


def test_an_exponential_is_recovered() -> None:
    gains, truth = np.array([1.0, 3.0, 5.0]), np.array([[0.8, 0.1], [-1.3, 0.45], [0.2, 0.0]])
    values = truth[:, :1] * np.exp(-truth[:, 1:] * gains)
    amplitude, decay = extrapolation.exponential(gains, values, np.ones(3))
    np.testing.assert_allclose(amplitude, truth[:, 0], atol=1e-4)
    np.testing.assert_allclose(decay, truth[:, 1], atol=1e-4)


@pytest.mark.parametrize("decay", [0.02, 0.2])
def test_the_exponentials_error_is_the_spread_of_its_values(decay: float) -> None:
    random, gains, sigma = np.random.default_rng(4), np.array([1.0, 3.0, 5.0]), 0.02
    draws = 0.7 * np.exp(-decay * gains) + sigma * random.standard_normal((400, 3))
    variances = np.full(3, sigma**2)
    amplitude, _ = extrapolation.exponential(gains, draws, variances)
    errors = [
        extrapolation.exponential_error(gains, draw, variances, seed=seed)
        for seed, draw in enumerate(draws)
    ]
    scores = (amplitude - amplitude.mean()) / errors
    assert scores.var(ddof=1) == pytest.approx(1, abs=4 * np.sqrt(2 / 400))


def test_a_line_through_noisy_points_is_not_too_flat_and_its_error_is_its_spread() -> None:
    random = np.random.default_rng(5)
    slope, offset, noise, scatter, count = 1.6, -0.2, 0.1, 0.05, 24
    found = []
    for _ in range(600):
        x = random.uniform(-0.6, 0.6, count)
        seen = x + noise * random.standard_normal(count)
        y = offset + slope * x + scatter * random.standard_normal(count)
        line = Line.through(seen, y, np.full(count, noise**2))
        assert line is not None
        value, variance = line.at(0.3 + 0.01 * random.standard_normal(), 0.01**2)
        found.append((line.slope, value, variance))
    slopes, values, variances = np.array(found).T
    assert slopes.mean() == pytest.approx(slope, abs=4 * slopes.std() / np.sqrt(600) + 0.02)
    scores = (values - values.mean()) / np.sqrt(variances)
    assert scores.var(ddof=1) == pytest.approx(1, abs=4 * np.sqrt(2 / 600))


def test_points_that_are_not_told_apart_have_no_line() -> None:
    random = np.random.default_rng(6)
    assert Line.through(random.standard_normal(20), np.ones(20), np.ones(20)) is None


class _Scattered:
    """An estimator whose instances differ: true values and errors are known."""

    def __init__(self, between: float, shot: float) -> None:
        self._between, self._shot = between, shot

    def least_shots(self, settings: Mapping[str, Any]) -> int:
        return 2

    def answers(self, tasks: Sequence[Task]) -> list[Estimates]:
        found = []
        for task in tasks:
            random = np.random.default_rng(task.seed)
            error = np.hypot(self._between, self._shot) * random.standard_normal((1, 1))
            variances = np.full((1, 1), self._shot**2)
            found.append(Estimates(values=error, variances=variances, notes=[[]]))
        return found


@pytest.mark.parametrize("between", [0.0, 0.5, 3.0])
def test_twirled_errors_count_the_spread_between_instances(between: float) -> None:
    operator = PauliSum(1, {PauliWord(0, 1): 1.0})
    task = Task(
        circuit=Circuit(1, ()), angles=np.empty((1, 0)), groups=group(operator.terms),
        operators=[[operator]], shots=1600, seed=1, settings={},
    )  # fmt: skip
    estimator = Wrapped(Twirling(), _Scattered(between, 1.0))
    found = estimator.answers([replace(task, seed=seed) for seed in range(400)])
    scores = np.array([(one.values / np.sqrt(one.variances)).item() for one in found])
    # With 15 degrees of freedom a score has the variance 15/13; the larger of two variances is
    # too large by 14 % where the instances do not differ.
    assert 0.75 < scores.var(ddof=1) < 15 / 13 + 4 * np.sqrt(2 / 400)
