"""Noise of qubits that wait, and decoupling from the part of it that can be undone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from backends import registry
from backends.errors import ProgramRejected, UnknownBackend
from backends.methods.circuit import Circuit, Gate
from backends.schema import RunOptions
from backends.simulators.device import device
from backends.simulators.fake_ibm import FakeIbmBackend
from backends.simulators.idle import nodes
from backends.simulators.schedule import waits
from tests.unit.backends.circuit_runs import run_of
from tests.unit.backends.mitigation.chain import CONSTANT, asked, chain, exact, run

ROUNDS = 20
DETUNED = {"idle_noise": "detuning", "detuning_khz": 25.0, "anchors": False}


def ramsey(rounds: int, sign: int) -> Circuit:
    """Qubit 0 of a line in + or -, held by gates whose control is in 0, while 1 and 2 work."""
    half = [Gate("rz", (0,), 0), Gate("sx", (0,)), Gate("rz", (0,), 0)]
    flip = [Gate("x", (0,))] if sign < 0 else []
    hold, work = Gate("cx", (1, 0)), Gate("cx", (1, 2))
    return Circuit(5, (*flip, *half, hold, *[work] * rounds, hold, *half), 1)


def contrast(rounds: int, *, decoupling: str = "", **settings: Any) -> tuple[float, float]:
    """Difference of <Z> between + and -, which readout errors only scale, and its error."""
    runs = [
        replace(
            run_of(
                ramsey(rounds, sign),
                [[np.pi / 2]],
                bases=["I"],
                shots=40_000,
                seed=5 + sign,
                settings=settings,
            ),
            places=(0,),
            decoupling=decoupling,
        )
        for sign in (1, -1)
    ]
    means = [
        (c.get("0", 0) - c.get("1", 0)) / 40_000 for ((c,),) in FakeIbmBackend().counts_of(runs)
    ]
    return means[0] - means[1], float(np.sqrt(sum(1 - m * m for m in means) / 40_000))


def waited(rounds: int) -> float:
    """Seconds between the two gates that hold qubit 0."""
    return rounds * float(device("FakeManilaV2").target["cx"][1, 2].duration)


def kept(settings: dict[str, Any], rounds: int = ROUNDS) -> tuple[float, float]:
    """The part of the contrast that idle noise leaves, and its error."""
    (noisy, one), (quiet, other) = contrast(rounds, **settings), contrast(rounds)
    ratio = noisy / quiet
    return ratio, float(np.hypot(one / quiet, ratio * other / quiet))


@pytest.mark.parametrize(("khz", "rounds"), [(5.0, 20), (10.0, 20), (10.0, 30), (40.0, 7)])
def test_a_slow_detuning_dephases_as_a_gaussian(khz: float, rounds: int) -> None:
    ratio, error = kept({"idle_noise": "detuning", "detuning_khz": khz}, rounds)
    expected = np.exp(-((2e3 * np.pi * khz * waited(rounds)) ** 2) / 2)
    # The nodes are within 0.01 of the normal distribution.
    assert expected < 0.99
    assert ratio == pytest.approx(expected, abs=4 * error + 0.01)


@pytest.mark.parametrize("rounds", [20, 60])
def test_relaxation_dephases_as_the_recorded_t2(rounds: int) -> None:
    ratio, error = kept({"idle_noise": "relaxation"}, rounds)
    known = device("FakeManilaV2").target.qubit_properties[0]
    expected = np.exp(-waited(rounds) / min(known.t2, 2 * known.t1))
    assert ratio == pytest.approx(expected, abs=4 * error)
    assert ratio < 1 - 5 * error


def test_both_multiply() -> None:
    ratio, error = kept({"idle_noise": "both", "detuning_khz": 20.0})
    one, two = (
        kept(settings)
        for settings in (
            {"idle_noise": "relaxation"},
            {"idle_noise": "detuning", "detuning_khz": 20.0},
        )
    )
    allowed = 4 * np.sqrt(error**2 + one[1] ** 2 + two[1] ** 2)
    assert ratio == pytest.approx(one[0] * two[0], abs=allowed)


@pytest.mark.parametrize(("sequence", "pulses"), [("XX", 2), ("XY4", 4)])
def test_pulses_bring_the_contrast_back_but_for_their_own_noise(sequence: str, pulses: int) -> None:
    settings: dict[str, Any] = {"idle_noise": "detuning", "detuning_khz": 25.0}
    lost, one = contrast(ROUNDS, **settings)
    back, two = contrast(ROUNDS, decoupling=sequence, **settings)
    quiet, three = contrast(ROUNDS)
    assert lost < 0.6 * quiet
    # Depolarizing by p damps by 1 - p, and the recorded error of a gate is p / 2.
    error = device("FakeManilaV2").target["x"][0,].error
    expected = quiet * (1 - 2 * error) ** pulses
    assert back == pytest.approx(expected, abs=4 * np.hypot(two, three))
    assert back - lost > 10 * np.hypot(one, two)


def test_the_nodes_are_a_normal_distribution() -> None:
    for qubits in (1, 2, 5, 16):
        drawn = nodes(qubits)
        np.testing.assert_allclose(drawn.mean(axis=0), 0, atol=1e-12)
        np.testing.assert_allclose(drawn.T @ drawn / len(drawn), np.eye(qubits), atol=1e-12)
        for size, allowed in ((0.3, 5e-4), (1.0, 0.03)):
            decay = np.cos(size * drawn).mean(axis=0)
            np.testing.assert_allclose(decay, np.exp(-(size**2) / 2), atol=allowed)


def test_short_waits_are_left_as_they_are() -> None:
    """A wait must be twice as long as the pulses take."""
    pulse = float(device("FakeManilaV2").target["x"][0,].duration)
    for sequence, least in (("XX", 4), ("XY4", 8)):
        for rounds in (0, 1):
            one = replace(run_of(ramsey(rounds, 1), [[0.1]]), places=(0,), decoupling=sequence)
            enough = waited(rounds) > least * pulse
            assert bool(FakeIbmBackend().pulses(one)) == enough


def test_trajectories_wait_as_density_matrices_do() -> None:
    """Eleven used qubits are simulated by trajectories."""
    settings = {"device": "FakeGuadalupeV2", "idle_noise": "both", "detuning_khz": 40.0}
    gates = ramsey(6, 1).gates
    means = []
    for places in ((0,), (0, *range(5, 13))):
        one = run_of(
            Circuit(16, gates, 1), [[np.pi / 2]], bases=["I"], shots=600, settings=settings
        )
        (((counts,),),) = FakeIbmBackend().counts_of([replace(one, places=places)])
        ones = sum(times for bits, times in counts.items() if bits[-1] == "1")
        means.append(1 - 2 * ones / 600)
    assert means[0] == pytest.approx(means[1], abs=5 * np.sqrt(2 / 600))


@pytest.mark.slow
def test_decoupling_reduces_the_bias() -> None:
    settings = {**DETUNED, "detuning_khz": 150.0}
    experiment = asked(system=chain(5), observables=("energy",), steps=4, settings=settings)
    bare = {name: value for name, value in settings.items() if name != "anchors"}
    ideal = exact(experiment)
    raw = run("fake-ibm", replace(experiment, settings=bare), shots=20_000)
    better = run("dd+fake-ibm", experiment, shots=20_000)
    biases = [abs(one.values.item() - ideal) for one in (raw, better)]
    assert biases[1] < biases[0] - 4 * np.hypot(raw.std_errors.item(), better.std_errors.item())
    (note,) = better.raw[0]["mitigation"]
    assert note["sequence"] == "XY4"
    (value,), (error,) = note["unmitigated"]["values"], note["unmitigated"]["std_errors"]
    assert abs(value - raw.values.item()) < 5 * np.hypot(error, raw.std_errors.item())
    assert "150 kHz" in better.provenance.details["noise_model"]


def test_decoupling_goes_around_extrapolation_and_readout() -> None:
    settings = {**DETUNED, "gains": "1,3", "readout_instances": 4}
    experiment = asked(system=chain(3), settings=settings)
    stacked = run("dd+zne+readout+fake-ibm", experiment, shots=800)
    names = [note["technique"] for note in stacked.raw[0]["mitigation"]]
    assert names == ["dd", "zne", "readout"]
    note = stacked.raw[0]["mitigation"][0]
    (value,), (error,) = note["unmitigated"]["values"], note["unmitigated"]["std_errors"]
    plain = run(
        "zne+readout+fake-ibm",
        experiment,
        shots=800,
        seed=2,
    )
    difference = abs(value - plain.values.item())
    assert difference < 5 * np.hypot(error, plain.std_errors.item())


@pytest.mark.slow
def test_stated_errors_are_the_spread() -> None:
    """Strong noise with few shots: shots that share a detuning would be correlated."""
    experiment = asked(200, system=chain(3), settings={**DETUNED, "detuning_khz": 100.0})
    result = run("dd+fake-ibm", experiment, shots=50)
    bare = [one["mitigation"][0]["unmitigated"] for one in result.raw]
    tables = [
        (result.values[:, 0], result.std_errors[:, 0]),
        tuple(np.array([one[key][0] for one in bare]) for key in ("values", "std_errors")),
    ]
    for values, errors in tables:
        scores = (values - values.mean()) / errors
        assert scores.var(ddof=1) == pytest.approx(1, abs=4 * np.sqrt(2 / 200))


def test_shots_are_independent_draws() -> None:
    """Where shots shared a detuning, their mean would have many times the binomial spread."""
    settings = {"idle_noise": "detuning", "detuning_khz": 50.0}
    ramseys = run_of(ramsey(10, 1), [[np.pi / 2]] * 200, bases=["I"], shots=40, settings=settings)
    (rows,) = FakeIbmBackend().counts_of([replace(ramseys, places=(0,))])
    ones = np.array([counts.get("1", 0) for (counts,) in rows])
    share = ones.mean() / 40
    assert 0.2 < share < 0.8
    assert ones.var(ddof=1) / (40 * share * (1 - share)) == pytest.approx(1, abs=0.4)


def test_waits_are_those_of_qiskits_schedule() -> None:
    from qiskit import transpile
    from qiskit.circuit.random import random_circuit
    from qiskit.transpiler import PassManager
    from qiskit.transpiler.passes import ALAPScheduleAnalysis, PadDelay

    target = device("FakeManilaV2").target
    durations = target.durations()
    padding = PassManager([ALAPScheduleAnalysis(durations), PadDelay(durations=durations)])
    for seed in range(3):
        drawn = random_circuit(5, 6, 2, seed=seed)
        circuit = transpile(drawn, target=target, seed_transpiler=1, optimization_level=1)
        circuit.measure_all()
        found, expected = np.zeros(5), np.zeros(5)
        for pieces in waits(circuit, "FakeManilaV2", tuple(range(5))).values():
            for qubit, seconds in pieces:
                found[qubit] += seconds
        begun: set[int] = set()
        padded = padding.run(circuit)
        for instruction in padded.data:
            qubits = [padded.find_bit(qubit).index for qubit in instruction.qubits]
            if instruction.operation.name != "delay":
                begun.update(qubits if instruction.operation.name != "barrier" else ())
            elif qubits[0] in begun:
                expected[qubits[0]] += instruction.operation.duration * target.dt
        assert expected.any()
        np.testing.assert_allclose(found, expected, atol=1e-15)


def test_idle_noise_settings_change_the_numbers() -> None:
    cases: list[dict[str, Any]] = [
        {},
        {"idle_noise": "relaxation"},
        {"idle_noise": "detuning"},
        {"idle_noise": "detuning", "detuning_khz": 50.0},
        {"idle_noise": "both"},
    ]
    values = {
        run("fake-ibm", asked(system=chain(3), settings=case)).values.item() for case in cases
    }
    assert len(values) == len(cases)
    same = run("fake-ibm", asked(system=chain(3), settings={"idle_noise": "none"}))
    assert same.values.item() in values
    for sequence in ("XX", "XY4"):
        changed = asked(system=chain(3), settings={**DETUNED, "sequence": sequence})
        values.add(run("dd+fake-ibm", changed).values.item())
    assert len(values) == len(cases) + 2


def test_the_identity_stays_exactly_one() -> None:
    alone = run(
        "dd+fake-ibm", asked(system=chain(**CONSTANT), observables=("one",), settings=DETUNED)
    )
    assert alone.values.item() == 1
    assert alone.std_errors.item() == 0


@pytest.mark.parametrize(
    ("name", "settings", "field"),
    [
        ("dd+fake-ibm", {}, "/settings/idle_noise"),
        ("dd+fake-ibm", {"idle_noise": "relaxation"}, "/settings/idle_noise"),
        ("dd+fake-ibm", {**DETUNED, "sequence": "CPMG"}, "/settings/sequence"),
        ("fake-ibm", {"detuning_khz": 5.0}, "/settings/detuning_khz"),
        ("fake-ibm", {"idle_noise": "relaxation", "detuning_khz": 5.0}, "/settings/detuning_khz"),
        ("fake-ibm", {"idle_noise": "detuning", "detuning_khz": 0.0}, "/settings/detuning_khz"),
        ("fake-ibm", {"idle_noise": "some"}, "/settings/idle_noise"),
    ],
)
def test_what_would_do_nothing_is_refused(name: str, settings: dict[str, Any], field: str) -> None:
    with pytest.raises(ProgramRejected, match="allowed") as rejected:
        registry.get(name).check(asked(settings=settings), RunOptions(shots=2000, seed=1))
    assert rejected.value.field == field


def test_a_circuit_in_which_nothing_waits_cannot_be_decoupled() -> None:
    with pytest.raises(ProgramRejected, match="waits") as rejected:
        run("dd+fake-ibm", asked(settings=DETUNED))
    assert rejected.value.field == "/system"


@pytest.mark.parametrize("name", ["dd+aer", "dd+cirq", "zne+dd+fake-ibm"])
def test_decoupling_belongs_outside_and_to_noise_of_waiting_qubits(name: str) -> None:
    with pytest.raises(UnknownBackend, match="allowed"):
        registry.get(name)
