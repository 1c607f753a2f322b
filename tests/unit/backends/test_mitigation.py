"""Mitigated estimates: less bias, honest errors, and nothing done in silence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from backends import registry
from backends.errors import ProgramRejected, UnknownBackend
from backends.schema import Experiment, Result, RunOptions

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
        settings=settings or {},
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
    ],
)
def test_stated_errors_are_the_spread_about_the_estimates_own_mean(
    name: str, settings: dict[str, Any], rows: int, shots: int
) -> None:
    result = run(name, asked(rows, settings=settings), shots=shots)
    scores = (result.values[:, 0] - result.values[:, 0].mean()) / result.std_errors[:, 0]
    # The variance of `rows` normal scores has a relative error of sqrt(2 / rows).
    assert scores.var(ddof=1) == pytest.approx(1, abs=4 * np.sqrt(2 / rows))


@pytest.mark.parametrize("name", ["readout+fake-ibm", "zne+readout+fake-ibm"])
def test_mitigation_reduces_the_bias(name: str) -> None:
    experiment = asked()
    raw = run("fake-ibm", experiment, shots=50_000)
    better = run(name, experiment, shots=50_000)
    ideal = exact(experiment)
    assert abs(better.values[0, 0] - ideal) < 0.5 * abs(raw.values[0, 0] - ideal)


@pytest.mark.parametrize(
    ("folding", "extrapolation"),
    [("global", "exponential"), ("local", "linear"), ("local", "richardson")],
)
def test_extrapolation_reduces_the_bias_of_gates(folding: str, extrapolation: str) -> None:
    """Readout mitigation in both, so that gates are what is left."""
    settings = {"folding": folding, "extrapolation": extrapolation}
    experiment = asked(steps=16, settings=settings, observables=("energy",))
    ideal = exact(experiment)
    raw = run("readout+fake-ibm", replace(experiment, settings={}), shots=50_000)
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
    result = run("zne+fake-ibm", asked(settings={"extrapolation": "linear"}), shots=30_000)
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
