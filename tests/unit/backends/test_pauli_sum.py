"""Hamiltonians of a user's own against dense matrices made of Kronecker products."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.linalg import expm

from backends import systems
from backends.errors import ProgramRejected
from tests.thread_seconds import within
from tests.unit.backends.asking import solve
from tests.unit.backends.dense import dense, product_vector, word

G = {"name": "g", "label": "g", "unit": "dimensionless", "lower": -9.0, "upper": 9.0}
TERMS = {"XYI": "2 * g", "ZZI": 0.7, "IYZ": "-g**2", "III": 0.3, "X0": -0.4}


def pauli(**fields: Any) -> dict[str, Any]:
    return {
        "kind": "pauli_sum",
        "schema_version": 1,
        "qubits": 3,
        "terms": TERMS,
        "controls": [G],
    } | fields


def matrix(g: float) -> np.ndarray:
    return dense({"XYI": 2 * g, "ZZI": 0.7, "IYZ": -(g**2), "III": 0.3, "IIX": -0.4})


def test_levels_are_those_of_the_dense_matrix() -> None:
    found = solve(pauli(), [[0.3], [-1.2], [0.0]], "energy", "energy_1", "gap")
    for g, row in zip((0.3, -1.2, 0.0), found, strict=True):
        levels = np.linalg.eigvalsh(matrix(g))
        distinct = levels[np.concatenate([[True], np.diff(levels) > 1e-9])]
        wanted = [distinct[0], distinct[1], distinct[1] - distinct[0]]
        np.testing.assert_allclose(row, wanted, atol=1e-10)


@pytest.mark.parametrize(("method", "backend"), [("evolution", "exact"), ("trotter", "cirq")])
def test_an_evolution_is_that_of_the_dense_matrix(method: str, backend: str) -> None:
    system = pauli(
        state={"kind": "evolved", "initial": "0+1", "time": 0.4},
        observables=[{"name": "own", "pauli": {"Y0 X2": 1.5}}, {"name": "p", "bitstring": "011"}],
    )
    start = product_vector("0+1")
    state = expm(-0.4j * matrix(0.8)) @ start
    own = 1.5 * word("XIY")
    wanted = [
        np.vdot(start, matrix(0.8) @ start).real,
        np.vdot(state, own @ state).real,
        abs(state[0b011]) ** 2,
    ]
    found = solve(system, [[0.8]], "energy", "own", "p", method=method, backend=backend)[0]
    np.testing.assert_allclose(found, wanted, atol=1e-10 if method == "evolution" else 3e-3)


def test_a_thermal_state_is_that_of_the_dense_matrix() -> None:
    system = pauli(state={"kind": "thermal", "temperature": 0.6})
    rho = expm(-matrix(0.8) / 0.6)
    wanted = [
        np.trace(rho @ matrix(0.8)).real / np.trace(rho).real,
        -0.6 * np.log(np.trace(rho).real),
    ]
    found = solve(system, [[0.8]], "energy", "free_energy")[0]
    np.testing.assert_allclose(found, wanted, atol=1e-10)


def test_terms_may_be_listed_and_the_unit_is_that_of_the_energy() -> None:
    listed = [{"word": word, "coefficient": c} for word, c in TERMS.items()]
    loaded = systems.load(pauli(terms=listed, unit="hartree"))
    assert systems.load(loaded.to_dict()) == loaded
    assert loaded.to_dict()["terms"] == listed
    assert {spec.name: spec.unit for spec in loaded.observables}["gap"] == "hartree"
    np.testing.assert_allclose(
        solve(pauli(terms=listed), [[0.5]], "energy"), solve(pauli(), [[0.5]], "energy")
    )


def test_a_wide_sum_is_read_at_once() -> None:
    terms = {f"Z{i} Z{(i + 1) % 127}": "g" for i in range(127)}
    loaded = systems.load(pauli(qubits=127, terms=terms))
    assert systems.load(loaded.to_dict()) == loaded


def test_a_coefficient_that_is_not_finite_at_a_point_is_refused_there() -> None:
    with pytest.raises(ProgramRejected, match="coefficient of ZZZ") as refused:
        solve(pauli(terms={"ZZZ": "1 / g"}), [[1.0], [0.0]], "energy")
    assert refused.value.field == "/points/1"


ONE = {"word": "XYZ", "coefficient": "g"}
BAD = [
    ({"terms": {"XX": "g"}}, "/terms/XX", "3 letters"),
    ({"terms": {"XXXX": "g"}}, "/terms/XXXX", "3 letters"),
    ({"terms": {"XAX": "g"}}, "/terms/XAX", "I, X, Y, Z"),
    ({"terms": {"X0 X7": "g"}}, "/terms/X0 X7", "0 to 2"),
    ({"terms": {"XXI": "g + 1j"}}, "/terms/XXI", "numbers"),
    ({"terms": {"XXI": [1, 2]}}, "/terms/XXI", "finite number"),
    ({"terms": {"XXI": float("nan")}}, "/terms/XXI", "finite"),
    ({"terms": {"XXI": None}}, "/terms/XXI", "XXI is missing"),
    ({"terms": {"XXI": "g", "X2 X1": 1}}, "/terms/X2 X1", "each word once"),
    ({"terms": {}}, "/terms", "1 to 10000"),
    ({"terms": "XXI"}, "/terms", "object"),
    ({"terms": [ONE, {**ONE, "coefficient": 2}]}, "/terms/1/word", "each word once"),
    ({"terms": [{"word": 3, "coefficient": "g"}]}, "/terms/0/word", "Pauli word"),
    ({"terms": [{"word": "XYZ"}]}, "/terms/0/coefficient", "coefficient is missing"),
    ({"terms": [{**ONE, "weight": 1}]}, "/terms/0/weight", "unknown"),
    ({"qubits": 0}, "/qubits", "1 to 256"),
    ({"qubits": 257}, "/qubits", "1 to 256"),
    ({"unit": "kelvin"}, "/unit", "hartree"),
    ({"controls": [{**G, "unit": "tesla"}]}, "/controls/0/unit", "dimensionless"),
    ({"controls": [G, {**G, "name": "h"}]}, "/controls/1/name", "used nowhere"),
    ({"observables": [{"name": "energy", "bitstring": "000"}]}, "/observables/0/name", "no other"),
    ({"state": {"kind": "evolved", "initial": "00", "time": 1}}, "/state/initial", "3 letters"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "field", "word"), BAD)
def test_a_bad_sum_is_refused_by_field_at_once(
    change: dict[str, Any], field: str, word: str
) -> None:
    with within(0.5), pytest.raises(ProgramRejected) as refused:
        systems.load(pauli() | change)
    assert refused.value.field == field
    assert word in str(refused.value)
