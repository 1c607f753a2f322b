"""Each technique of mitigation does what it is for, and says when it did not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from backends import registry
from tests.contract.cases import experiment_of
from tests.unit.backends.mitigation.chain import GROUNDED, NOISE, asked, chain, exact, run


@pytest.mark.parametrize(
    ("folding", "extrapolation"),
    [("global", "exponential"), ("local", "linear"), ("local", "richardson")],
)
def test_extrapolation_reduces_the_bias_of_gates(folding: str, extrapolation: str) -> None:
    """Readout mitigation in both, so that gates are what is left."""
    settings = {"folding": folding, "extrapolation": extrapolation, "anchors": False}
    experiment = asked(steps=16, settings=settings, observables=("energy",))
    ideal = exact(experiment)
    raw = run("readout+fake-ibm", replace(experiment, settings={"anchors": False}), shots=50_000)
    better = run("zne+readout+fake-ibm", experiment, shots=50_000)
    allowed = 0.6 * abs(raw.values[0, 0] - ideal) + 3 * better.std_errors[0, 0]
    assert abs(better.values[0, 0] - ideal) < allowed
    assert abs(raw.values[0, 0] - ideal) > 5 * raw.std_errors[0, 0]
    (note, _) = better.raw[0]["mitigation"]
    values = [row[0] for row in note["values"]]
    assert abs(values[2] - ideal) > abs(values[0] - ideal), "noise was not amplified"
    assert sum(note["shots"]) <= 50_000


def test_the_noise_gain_belongs_to_the_extrapolation() -> None:
    assert "noise_gain" in [k for k, *_ in registry.get("readout+fake-ibm").capabilities.knobs]
    assert "noise_gain" not in [k for k, *_ in registry.get("zne+fake-ibm").capabilities.knobs]


def test_post_selection_drops_what_breaks_a_parity() -> None:
    """Two electrons in four spin orbitals: each spin has one, in every circuit of the ansatz."""
    points = experiment_of("vqe").points[:1]
    experiment = replace(experiment_of("vqe"), points=points, knob_values=np.empty((1, 0)))
    ideal = exact(experiment)
    raw = run("fake-ibm", replace(experiment, settings={}), shots=10_000)
    better = run("postselect+fake-ibm", experiment, shots=10_000)
    assert abs(better.values[0, 0] - ideal) < 0.3 * abs(raw.values[0, 0] - ideal)
    (note,) = better.raw[0]["mitigation"]
    assert note["kept"][:4] == [1, 1, 1, 1]  # X and Y leave nothing to check
    assert 0.5 < note["kept"][4] < 0.95
    difference = note["unmitigated"]["values"][0] - raw.values[0, 0]
    assert abs(difference) < 5 * np.hypot(
        raw.std_errors[0, 0], note["unmitigated"]["std_errors"][0]
    )


def test_clifford_data_regression_reduces_the_bias() -> None:
    experiment = asked(system=chain(3), observables=("energy",), steps=3)
    ideal = exact(experiment)
    raw = run("fake-ibm", replace(experiment, settings={}), shots=10_000)
    better = run("cdr+fake-ibm", experiment, shots=10_000)
    allowed = 0.4 * abs(raw.values[0, 0] - ideal) + 2 * better.std_errors[0, 0]
    assert abs(better.values[0, 0] - ideal) < allowed
    assert abs(raw.values[0, 0] - ideal) > 10 * raw.std_errors[0, 0]


def test_training_circuits_that_are_all_alike_are_a_failure_and_no_number() -> None:
    """The energy is conserved: at angles that are whole turns the state never changes."""
    still = chain(
        state={"kind": "evolved", "initial": "00", "time": 0.0}, parameters={"hx": 0.0}, controls=[]
    )
    frozen = replace(asked(system=still), controls=(), points=np.empty((1, 0)))
    result = run("cdr+fake-ibm", frozen)
    assert "told apart" in result.failures[0]
    assert np.isnan(result.values).all()


def test_twirling_says_when_it_did_not_help() -> None:
    experiment = asked(system=chain(3), observables=("energy",), steps=4, settings={})
    result = run("twirling+fake-ibm", experiment)
    (note,) = result.raw[0]["mitigation"]
    assert len(note["instances"]) == 16
    assert np.std(note["instances"]) > 0
    assert note["unmitigated"]["values"][0] != result.values[0, 0]
    kinds = [anchor["kind"] for anchor in result.provenance.details["anchors"]]
    assert kinds == ["clifford", "mirror"]


def test_without_shots_extrapolation_is_that_of_exact_noisy_values() -> None:
    """Depolarizing noise damps exponentially, up to what differs between words."""
    experiment = asked(system=chain(3), observables=("energy",), steps=3, settings=NOISE)
    ideal = exact(experiment)
    bare = {name: value for name, value in NOISE.items() if name != "anchors"}
    raw = run("aer", replace(experiment, settings=bare), shots=None)
    better = run("zne+aer", experiment, shots=None)
    assert not better.std_errors.any()
    assert better.raw[0]["mitigation"][0]["values"][0][0] == pytest.approx(
        raw.values[0, 0], abs=1e-10
    )
    assert abs(better.values[0, 0] - ideal) < 0.3 * abs(raw.values[0, 0] - ideal)
    sampled = run("zne+aer", experiment, shots=20_000)
    assert abs(sampled.values[0, 0] - better.values[0, 0]) < 5 * sampled.std_errors[0, 0]


def test_symmetric_readout_errors_are_undone() -> None:
    """A word on k qubits is damped by (1 - 2 p)^k."""
    settings = {"readout_error": 0.05, "anchors": False}
    experiment = asked(system=chain(3), observables=("energy", "correlation_zz"), settings=settings)
    ideal = run("aer", replace(experiment, settings={}), shots=None)
    better = run("readout+aer", experiment, shots=20_000)
    assert (np.abs(better.values - ideal.values) < 5 * better.std_errors).all()
    damping = better.raw[0]["mitigation"][0]["damping"]
    for word, factor in damping.items():
        weight = sum(letter != "I" for letter in word)
        assert factor == pytest.approx(0.9**weight, abs=0.02)


def test_a_short_calibration_is_part_of_the_error() -> None:
    """Seeds, since the points of one run share their calibration."""
    settings = {"readout_error": 0.1, "calibration_shots": 400, "anchors": False}
    experiment = asked(settings=settings, system=chain(state=GROUNDED))
    found = [run("readout+aer", experiment, shots=4000, seed=seed) for seed in range(150)]
    scores = np.array([(one.values.item() - 1) / one.std_errors.item() for one in found])
    # 1 / d of a noisy d is a little more than 1 / mean d: the mean is not compared.
    assert scores.var(ddof=1) == pytest.approx(1, abs=4 * np.sqrt(2 / 150))
