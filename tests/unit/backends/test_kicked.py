"""Kicked Ising dynamics against matrices built here, and against published values."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import stim
from scipy.linalg import expm

from backends import registry, systems
from backends.errors import ProgramRejected
from backends.schema import Experiment, Result, RunOptions
from tests.contract.cases import ISING
from tests.statistical.scoring import read_table
from tests.unit.backends.dense import X, Y, Z, product_vector
from tests.unit.backends.test_trotter import on

STATE: dict[str, Any] = {
    "kind": "kicked", "initial": "0+10", "steps": 3, "theta_j": "-angle/2", "theta_h": "angle",
}  # fmt: skip
OWN = [
    {"name": "word", "pauli": {"XYIZ": 0.5, "Z0": "2*angle"}},
    {"name": "p", "bitstring": "1101"},
]
CHAIN: dict[str, Any] = {
    **ISING,
    "parameters": {},
    "state": STATE,
    "observables": OWN,
    "controls": [
        {"name": "angle", "label": "Angle", "unit": "dimensionless", "lower": -4, "upper": 4}
    ],
}
NAMES = ("magnetisation_x", "magnetisation_z", "correlation_zz", "word", "p")
EAGLE: dict[str, Any] = {
    "kind": "spin_lattice",
    "schema_version": 1,
    "model": "ising",
    "geometry": "heavy_hex",
    "sites": [7, 15],
    "state": {"kind": "kicked", "steps": 5, "theta_h": "theta_h"},
    "controls": [
        {
            "name": "theta_h",
            "label": "Kick",
            "unit": "dimensionless",
            "lower": 0.0,
            "upper": 1.5707963267948966,
        }
    ],
}


def asked(system: dict[str, Any], angles: list[float], names: tuple[str, ...]) -> Experiment:
    return Experiment(
        system=system,
        method="kicked",
        controls=(system["controls"][0]["name"],),
        points=np.array(angles)[:, None],
        observables=names,
    )


def values(backend: str, experiment: Experiment, options: RunOptions | None = None) -> Any:
    result = registry.get(backend).submit(experiment, options or RunOptions(), token="t")
    assert isinstance(result, Result)
    return result.values if options is None else result


def direct(angle: float) -> list[float]:
    """The observables by multiplying matrices."""
    kick = expm(-0.5j * angle * np.sum([on(X, q) for q in range(4)], axis=0))
    couple = expm(0.25j * angle * np.sum([on(Z, q, q + 1) for q in range(3)], axis=0))
    state = product_vector(STATE["initial"])
    for _ in range(STATE["steps"]):
        state = couple @ (kick @ state)
    word = 0.5 * on(X, 3) @ on(Y, 2) @ on(Z, 0) + 2 * angle * on(Z, 0)
    operators = [
        sum(on(X, q) for q in range(4)) / 4,
        sum(on(Z, q) for q in range(4)) / 4,
        sum(on(Z, q, q + 1) for q in range(3)) / 3,
        word,
    ]
    means = [float(np.vdot(state, o @ state).real) for o in operators]
    return [*means, float(abs(state[0b1101]) ** 2)]


@pytest.mark.parametrize("backend", ["exact", "aer", "cirq"])
def test_the_dynamics_are_products_of_exponentials_kick_first(backend: str) -> None:
    angles = [-1.3, 0.0, 0.4, 2.9]
    found = values(backend, asked(CHAIN, angles, NAMES))
    np.testing.assert_allclose(found, [direct(angle) for angle in angles], atol=1e-12)


def test_stim_is_exact_where_both_angles_are_multiples_of_half_pi() -> None:
    angles = [-np.pi, 0.0, np.pi]
    found = values("stim", asked(CHAIN, angles, NAMES))
    np.testing.assert_allclose(found, [direct(angle) for angle in angles], atol=1e-12)


def test_stim_samples_what_it_computes_and_its_errors_are_the_spread() -> None:
    names = ("magnetisation_x", "magnetisation_z", "p")
    experiment = asked(CHAIN, [np.pi] * 200, names)
    result = values("stim", experiment, RunOptions(shots=400, seed=4))
    exact = np.array(direct(np.pi))[[0, 1, 4]]
    spread = result.values.std(axis=0, ddof=1)
    stated = result.std_errors.mean(axis=0)
    # The spread of 200 values has a relative error of 1/sqrt(2 * 199) = 5 %.
    np.testing.assert_allclose(spread, stated, rtol=0.2)
    assert (np.abs(result.values.mean(axis=0) - exact) < 5 * stated / np.sqrt(200)).all()


def test_an_angle_that_is_not_clifford_is_refused_with_its_point() -> None:
    experiment = asked(CHAIN, [np.pi, 0.0, 1.1], NAMES)
    with pytest.raises(ProgramRejected, match=r"1\.1.*multiples of pi/2") as rejected:
        registry.get("stim").check(experiment, RunOptions())
    assert rejected.value.field == "/points/2"


def weight(**places: list[int]) -> str:
    return " ".join(f"{letter}{site}" for letter, sites in places.items() for site in sites)


WEIGHT_10 = weight(X=[13, 29, 31], Y=[9, 30], Z=[8, 12, 17, 28, 32])
WEIGHT_17 = weight(X=[37, 41, 52, 56, 57, 58, 62, 79], Y=[75], Z=[38, 40, 42, 63, 72, 80, 90, 91])


def eagle(**words: str) -> dict[str, Any]:
    own = [{"name": name, "pauli": {word: 1}} for name, word in words.items()]
    return {**EAGLE, "observables": own}


def test_127_qubits_have_the_published_stabilizers_at_clifford_angles() -> None:
    """Kim et al., Nature 618, 500 (2023), Fig. 3: weight 10 and weight 17 after 5 steps.

    They are what becomes of Z13 and Z58; the signs are those of a tableau that is built here.
    """
    system = eagle(ten=WEIGHT_10, seventeen=WEIGHT_17, wrong=WEIGHT_10.replace("X13", "Z13"))
    step = stim.Circuit()
    step.append("SQRT_X", range(127))
    for bond in systems.load(EAGLE).lattice.bonds:  # type: ignore[attr-defined]
        step.append("SQRT_ZZ_DAG", bond)
    moved = stim.Tableau.from_circuit(step * 5)
    signs = []
    for site, word in ((13, WEIGHT_10), (58, WEIGHT_17)):
        image = moved.z_output(site)
        assert " ".join(sorted(f"{'IXYZ'[p]}{q}" for q, p in enumerate(image) if p)) == " ".join(
            sorted(word.split())
        )
        signs.append(image.sign.real)
    names = ("ten", "seventeen", "wrong", "magnetisation_z")
    found = values("stim", asked(system, [0.0, np.pi / 2], names))
    np.testing.assert_allclose(found, [[0, 0, 0, 1], [*signs, 0, 0]], atol=1e-12)
    sampled = values("stim", asked(system, [np.pi / 2], names[:3]), RunOptions(shots=400, seed=1))
    np.testing.assert_allclose(sampled.values[0, :2], signs)
    assert abs(sampled.values[0, 2]) < 5 / 20


def test_the_published_exact_curve_ends_where_stim_does() -> None:
    """Its last angle is rounded to 1.5707, where the value is within 1e-6 of the one at pi/2."""
    rows = read_table("eagle_kicked_ising", "weight10_5steps.csv")
    exact = [row for row in rows if row["source"] == "exact"]
    curve = {float(row["theta_h"]): float(row["value"]) for row in exact}
    ends = [min(curve), max(curve)]
    found = values("stim", asked(eagle(ten=WEIGHT_10), [0.0, np.pi / 2], ("ten",)))
    np.testing.assert_allclose(ends, [0, np.pi / 2], atol=1e-4)
    np.testing.assert_allclose([curve[end] for end in ends], found[:, 0], atol=1e-6)


def test_the_initial_state_has_a_short_spelling_and_is_all_zero_by_default() -> None:
    short = systems.load({**EAGLE, "state": {**EAGLE["state"], "initial": "-*127"}})
    assert short.to_dict()["state"]["initial"] == "-" * 127
    assert systems.load(EAGLE).to_dict()["state"]["initial"] == "0" * 127
    assert systems.load(short.to_dict()) == short


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"initial": "0*5"}, "/state/initial"),
        ({"initial": "x*4"}, "/state/initial"),
        ({"initial": "00"}, "/state/initial"),
        ({"steps": -1}, "/state/steps"),
        ({"steps": 2.5}, "/state/steps"),
        ({"steps": 10**9}, "/state/steps"),
        ({"theta_h": "no_such"}, "/state/theta_h"),
        ({"theta_h": float("nan")}, "/state/theta_h"),
        ({"time": 1}, "/state/time"),
    ],
)
def test_bad_kicks_are_refused_by_field(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(ProgramRejected, match="allowed") as rejected:
        systems.load({**CHAIN, "state": {**STATE, **changes}})
    assert rejected.value.field == field


def test_only_an_ising_lattice_is_kicked_and_only_by_kicks() -> None:
    with pytest.raises(ProgramRejected) as rejected:
        systems.load({**CHAIN, "model": "heisenberg"})
    assert rejected.value.field == "/state/kind"
    for backend, method, field in (
        ("exact", "evolution", "/method"),
        ("aer", "trotter", "/system/state"),
    ):
        experiment = asked(CHAIN, [0.0], NAMES)
        with pytest.raises(ProgramRejected) as rejected:
            registry.get(backend).check(
                Experiment(
                    system=CHAIN, method=method, controls=("angle",), points=experiment.points,
                    observables=NAMES,
                ),
                RunOptions(),
            )  # fmt: skip
        assert rejected.value.field == field


def test_a_point_where_an_angle_is_not_finite_is_refused() -> None:
    system = {**CHAIN, "state": {**STATE, "theta_h": "1/angle"}}
    with pytest.raises(ProgramRejected) as rejected:
        systems.check(asked(system, [1.0, 0.0], NAMES))
    assert rejected.value.field == "/points/1"
