"""The example of the page on batched dynamics."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.docs.fences import blocks

DOCUMENT = {
    "kind": "rydberg_array", "schema_version": 1, "geometry": "chain", "atoms": 3, "spacing": 6.1,
    "rabi": 0, "detuning": 0, "controls": [], "state": {"kind": "evolved", "time": 1},
}  # fmt: skip


def test_the_example_of_the_page_runs() -> None:
    (code,) = blocks("dynamics.md", "python")
    rng = np.random.default_rng(0)
    names: dict[str, Any] = {
        "document": DOCUMENT,
        "scales": 1 + 0.02 * rng.standard_normal(5),
        "offsets": rng.standard_normal(5),
        "rng": rng,
    }
    exec(compile(code, "dynamics.md", "exec"), names)
    assert np.linalg.norm(names["states"], axis=1) == pytest.approx(np.ones(5))
    assert names["shots"].sum(axis=1).tolist() == [200] * 5
    assert (names["shots"].argmax(axis=1) == 0b101).all()
