"""What a result may hold."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from backends.schema import Provenance, Result, RunOptions, ShotBlock

NOW = datetime(2026, 1, 1, tzinfo=UTC)
NAN = float("nan")


def result(values: list[list[float]], **fields: Any) -> Result:
    array = np.array(values)
    plain: dict[str, Any] = {
        "values": array,
        "std_errors": np.where(np.isnan(array), NAN, 0.0),
        "options": RunOptions(),
        "provenance": Provenance(backend="b", versions={"b": "1"}, started_at=NOW, finished_at=NOW),
    }
    return Result(**(plain | fields))


def test_a_point_without_an_answer_is_a_status_and_survives_json() -> None:
    made = result([[1.0], [NAN]], failures={1: "ccsd_t did not converge"})
    text = json.dumps(made.to_dict(), allow_nan=False)
    again = Result.from_dict(json.loads(text))
    assert again.failures == {1: "ccsd_t did not converge"}
    assert again.values[0, 0] == 1.0
    assert np.isnan(again.values[1, 0])
    assert json.dumps(again.to_dict()) == text


def test_truncation_errors_survive_json() -> None:
    made = result([[1.0], [2.0]], truncation_errors=np.array([[1e-3], [0.0]]))
    again = Result.from_dict(json.loads(json.dumps(made.to_dict())))
    assert again.truncation_errors is not None
    assert again.truncation_errors.tolist() == [[1e-3], [0.0]]


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ([[1.0], [NAN]], {}),
        ([[1.0], [2.0]], {"failures": {1: "it has values all the same"}}),
        ([[1.0], [NAN]], {"failures": {2: "no such point"}}),
        ([[1.0]], {"std_errors": np.array([[-1.0]])}),
        ([[1.0]], {"truncation_errors": np.array([[NAN]])}),
    ],
)
def test_a_number_without_meaning_is_refused(
    values: list[list[float]], fields: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match=r"values|failures|errors"):
        result(values, **fields)


def block(rows: list[int], covariance: list[list[float]]) -> ShotBlock:
    return ShotBlock(
        rows=tuple(rows), columns=(0,) * len(rows), covariance=np.array(covariance, dtype=float)
    )


def test_blocks_of_shared_shots_survive_json() -> None:
    shared = block([0, 1], [[0.01, -0.004], [-0.004, 0.04]])
    made = result([[1.0], [2.0]], std_errors=np.array([[0.1], [0.2]]), blocks=(shared,))
    (again,) = Result.from_dict(json.loads(json.dumps(made.to_dict()))).blocks
    assert again.places == [(0, 0), (1, 0)]
    np.testing.assert_array_equal(again.covariance, shared.covariance)


@pytest.mark.parametrize(
    ("blocks", "wrong"),
    [
        ([([0, 1], [[0.01, 0], [0, 0.05]])], "std_errors"),
        ([([0, 1], [[0.01, 0.03], [0.03, 0.04]])], "correlation beyond 1"),
        ([([0, 1], [[0.01, 0], [0, 0.04]]), ([1], [[0.04]])], "in two blocks"),
        ([([0, 2], [[0.01, 0], [0, 0.04]])], "is in a block"),
        ([([0, 1], [[0.01, 0.001], [0, 0.04]])], "not symmetric"),
        ([([0, 1], [[0.01]])], "2 rows"),
        ([([0, 1], [[0.01, NAN], [NAN, 0.04]])], "not finite"),
    ],
)
def test_blocks_that_do_not_fit_are_refused(
    blocks: list[tuple[list[int], list[list[float]]]], wrong: str
) -> None:
    errors = np.array([[0.1], [0.2]])
    with pytest.raises(ValueError, match=wrong):
        result([[1.0], [2.0]], std_errors=errors, blocks=tuple(block(*one) for one in blocks))
