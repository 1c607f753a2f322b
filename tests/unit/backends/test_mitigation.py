"""Mitigated estimates: less bias, honest errors, and nothing done in silence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from backends import registry
from backends.errors import ProgramRejected, UnknownBackend
from backends.schema import Experiment, Result, RunOptions
from tests.contract.cases import experiment_of

SITES = 2
STEPS = 2


def chain(sites: int = SITES, **changes: Any) -> dict[str, Any]:
    """A quench of a short Ising chain."""
    return {
        "kind": "spin_lattice",
        "schema_version": 1,
        "model": "ising",
        "geometry": "chain",
        "sites": sites,
        "parameters": {"hx": "field"},
        "state": {"kind": "evolved", "initial": "0" * sites, "time": 0.4},
        "controls": [
            {"name": "field", "label": "Field", "unit": "dimensionless", "lower": 0, "upper": 2}
        ],
        **changes,
    }


def conserving() -> dict[str, Any]:
    """A quench that conserves the parity of the spins that are down."""
    state = {"kind": "evolved", "initial": "001", "time": 0.4}
    return chain(3, model="xxz", parameters={"delta": "field"}, state=state)


def asked(
    points: int = 1,
    *,
    observables: tuple[str, ...] = ("correlation_zz",),
    system: dict[str, Any] | None = None,
    settings: dict[str, Any] | None = None,
    steps: int = STEPS,
) -> Experiment:
    return Experiment(
        system=system or chain(),
        method="trotter",
        controls=("field",),
        points=np.full((points, 1), 0.7),
        observables=observables,
        settings={"anchors": False} if settings is None else settings,
        knobs=("trotter_steps",),
        knob_values=np.full((points, 1), float(steps)),
    )


def run(name: str, experiment: Experiment, shots: int | None = 2000, seed: int = 1) -> Result:
    result = registry.get(name).submit(experiment, RunOptions(shots=shots, seed=seed), token="t")
    assert isinstance(result, Result)
    return result


def exact(experiment: Experiment) -> float:
    bare = replace(experiment, settings={})
    return float(run("aer", bare, shots=None).values[0, 0])


@pytest.mark.parametrize(
    ("name", "settings", "rows", "shots"),
    [
        ("readout+fake-ibm", {}, 200, 400),
        ("zne+fake-ibm", {"extrapolation": "linear"}, 300, 400),
        ("zne+fake-ibm", {"extrapolation": "exponential", "folding": "local"}, 300, 1200),
        ("cdr+aer", {"depolarizing_2q": 0.03, "readout_error": 0.02}, 150, 1000),
        ("postselect+aer", {"depolarizing_2q": 0.1, "amplitude_damping": 0.02}, 300, 100),
    ],
)
def test_stated_errors_are_the_spread_about_the_estimates_own_mean(
    name: str, settings: dict[str, Any], rows: int, shots: int
) -> None:
    system = conserving() if "postselect" in name else chain()
    experiment = asked(rows, system=system, settings={"anchors": False, **settings})
    result = run(name, experiment, shots=shots)
    scores = (result.values[:, 0] - result.values[:, 0].mean()) / result.std_errors[:, 0]
    # The variance of `rows` normal scores has a relative error of sqrt(2 / rows).
    assert scores.var(ddof=1) == pytest.approx(1, abs=4 * np.sqrt(2 / rows))


@pytest.mark.parametrize("name", ["readout+fake-ibm", "zne+readout+fake-ibm"])
def test_mitigation_reduces_the_bias(name: str) -> None:
    experiment = asked()
    raw = run("fake-ibm", replace(experiment, settings={}), shots=50_000)
    better = run(name, experiment, shots=50_000)
    ideal = exact(experiment)
    assert abs(better.values[0, 0] - ideal) < 0.5 * abs(raw.values[0, 0] - ideal)


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


def test_shots_go_where_they_reduce_the_variance() -> None:
    """For a line through gains 1, 3 and 5 the weights are 13, 4 and -5 twelfths."""
    result = run(
        "zne+fake-ibm", asked(settings={"extrapolation": "linear", "anchors": False}), shots=30_000
    )
    (note,) = result.raw[0]["mitigation"]
    shares = np.array(note["shots"]) / sum(note["shots"])
    expected = np.array([13, 4, 5]) / 22
    # A tenth is spread evenly by the pilot; sigma differs by a little between gains.
    np.testing.assert_allclose(shares, 0.9 * expected + 0.1 / 3, atol=0.04)


CONSTANT: dict[str, Any] = {"observables": [{"name": "one", "pauli": {"II": 1.0}}]}


@pytest.mark.parametrize("name", ["readout+fake-ibm", "zne+fake-ibm", "zne+readout+fake-ibm"])
def test_the_identity_is_exactly_one(name: str) -> None:
    alone = run(name, asked(system=chain(**CONSTANT), observables=("one",)))
    assert alone.values.item() == 1
    assert alone.std_errors.item() == 0
    beside = run(name, asked(system=chain(**CONSTANT), observables=("one", "energy")))
    assert beside.values[0, 0] == 1
    assert beside.std_errors[0, 1] > 0


@pytest.mark.parametrize(
    ("name", "one", "other"),
    [
        ("zne+fake-ibm", {}, {"gains": "1,3"}),
        ("zne+fake-ibm", {}, {"folding": "local", "gains": "1,2,3"}),
        ("zne+fake-ibm", {}, {"extrapolation": "linear"}),
        ("readout+fake-ibm", {}, {"calibration_shots": 1000}),
        ("readout+fake-ibm", {}, {"readout_instances": 32}),
    ],
)
def test_every_setting_changes_the_numbers(
    name: str, one: dict[str, Any], other: dict[str, Any]
) -> None:
    system = chain(3)  # 8 sets of qubits: more instances than that change nothing
    values = [
        run(
            name,
            asked(
                settings=settings, system=chain(5) if "readout_instances" in settings else system
            ),
        ).values
        for settings in (one, other)
    ]
    assert values[0] != values[1]


@pytest.mark.parametrize(
    ("name", "settings", "field"),
    [
        ("zne+fake-ibm", {"gains": "1"}, "/settings/gains"),
        ("zne+fake-ibm", {"gains": "3,1"}, "/settings/gains"),
        ("zne+fake-ibm", {"gains": "1,nan"}, "/settings/gains"),
        ("zne+fake-ibm", {"gains": "1,1e9"}, "/settings/gains"),
        ("zne+fake-ibm", {"gains": [1, 3]}, "/settings/gains"),
        ("zne+fake-ibm", {"extrapolation": "cubic"}, "/settings/extrapolation"),
        ("zne+fake-ibm", {"readout_instances": 8}, "/settings/readout_instances"),
        ("readout+fake-ibm", {"readout_instances": 2}, "/settings/readout_instances"),
        ("readout+fake-ibm", {"calibration_shots": "many"}, "/settings/calibration_shots"),
    ],
)
def test_settings_that_would_do_nothing_are_refused(
    name: str, settings: dict[str, Any], field: str
) -> None:
    with pytest.raises(ProgramRejected, match="allowed") as rejected:
        registry.get(name).check(asked(settings=settings), RunOptions(shots=2000, seed=1))
    assert rejected.value.field == field


def test_a_gain_that_folding_cannot_reach_is_refused() -> None:
    with pytest.raises(ProgramRejected, match="nearest") as rejected:
        run("zne+fake-ibm", asked(settings={"gains": "1,1.7"}))
    assert rejected.value.field == "/settings/gains"


def test_too_few_shots_to_share_out_are_refused() -> None:
    for name in ("zne+fake-ibm", "readout+fake-ibm", "zne+readout+fake-ibm"):
        with pytest.raises(ProgramRejected, match="too few") as rejected:
            registry.get(name).check(asked(), RunOptions(shots=10, seed=1))
        assert rejected.value.field == "/shots"


@pytest.mark.parametrize(
    "name", ["readout+zne+fake-ibm", "zne+zne+fake-ibm", "magic+fake-ibm", "zne+pyscf", "zne+", "+"]
)
def test_stacks_that_make_no_sense_are_unknown(name: str) -> None:
    with pytest.raises(UnknownBackend):
        registry.get(name)


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


def test_a_circuit_without_symmetry_cannot_be_post_selected() -> None:
    with pytest.raises(ProgramRejected, match="symmetry") as rejected:
        run("postselect+fake-ibm", asked())
    assert rejected.value.field == "/system"


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


def test_a_circuit_without_two_qubit_gates_cannot_be_twirled() -> None:
    alone = chain(
        state={"kind": "evolved", "initial": "++", "time": 0.4},
        model="ising",
        parameters={"J": 0.0, "hx": "field"},
    )
    with pytest.raises(ProgramRejected, match="two-qubit gates") as rejected:
        run("twirling+fake-ibm", asked(system=alone))
    assert rejected.value.field == "/system"


def test_anchors_show_that_mitigation_helped() -> None:
    experiment = asked(observables=("energy",), steps=8, settings={})
    result = run("zne+readout+fake-ibm", experiment, shots=8000)
    for anchor in result.provenance.details["anchors"]:
        (ideal,), (raw,), (mitigated,) = (
            anchor["ideal"],
            anchor["raw"]["values"],
            anchor["mitigated"]["values"],
        )
        assert abs(mitigated - ideal) < 0.5 * abs(raw - ideal), anchor
    without = run(
        "zne+readout+fake-ibm", replace(experiment, settings={"anchors": False}), shots=8000
    )
    assert without.provenance.details["anchors"] == []
    np.testing.assert_array_equal(without.values, result.values)


NOISE = {"depolarizing_1q": 0.002, "depolarizing_2q": 0.03, "readout_error": 0.02, "anchors": False}


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


@pytest.mark.parametrize("name", ["readout+aer", "twirling+aer", "postselect+aer", "cdr+aer"])
def test_what_needs_shots_says_so(name: str) -> None:
    with pytest.raises(ProgramRejected, match="needs shots") as rejected:
        registry.get(name).check(asked(settings=NOISE), RunOptions())
    assert rejected.value.field == "/shots"


def test_bit_strings_are_mitigated_and_add_up_to_one() -> None:
    strings = [{"name": f"p{bits}", "bitstring": bits} for bits in ("00", "01", "10", "11")]
    system = chain(observables=strings)
    settings = {"readout_error": 0.05, "anchors": False}
    asked_for = asked(
        system=system, observables=tuple(one["name"] for one in strings), settings=settings
    )
    ideal = run("aer", replace(asked_for, settings={}), shots=None)
    better = run("readout+aer", asked_for, shots=20_000)
    assert better.values.sum() == pytest.approx(1, abs=1e-12)
    assert (np.abs(better.values - ideal.values) < 5 * better.std_errors).all()


def test_values_beyond_an_observables_range_are_kept() -> None:
    """Corrected noise scatters about the edge: clipping would bend its mean."""
    still = chain(state={"kind": "evolved", "initial": "00", "time": 0.0})
    experiment = replace(
        asked(100, system=still, settings={"readout_error": 0.1, "anchors": False}),
    )
    result = run("readout+aer", experiment, shots=200)
    assert (result.values > 1).any()
    assert abs(result.values.mean() - 1) < 5 * result.std_errors.mean() / np.sqrt(50)


def test_a_short_calibration_is_part_of_the_error() -> None:
    """Seeds, since the points of one run share their calibration."""
    settings = {"readout_error": 0.1, "calibration_shots": 400, "anchors": False}
    experiment = asked(settings=settings, system=chain(state=GROUNDED))
    found = [run("readout+aer", experiment, shots=4000, seed=seed) for seed in range(150)]
    scores = np.array([(one.values.item() - 1) / one.std_errors.item() for one in found])
    # 1 / d of a noisy d is a little more than 1 / mean d: the mean is not compared.
    assert scores.var(ddof=1) == pytest.approx(1, abs=4 * np.sqrt(2 / 150))


GROUNDED = {"kind": "evolved", "initial": "00", "time": 0.0}
