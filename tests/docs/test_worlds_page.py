"""The page about worlds: its code runs, and does what it says."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.docs.fences import blocks


def test_the_world_of_the_page_is_made_and_its_schedules_are_played() -> None:
    names: dict[str, Any] = {}
    for code in blocks("worlds.md", "python"):
        exec(code, names)
    assert names["infos"]["counts"].sum(axis=1).tolist() == [200] * 100
    assert np.array_equal(names["rewards"], names["infos"]["value"])
    assert names["one"].unwrapped.world is names["world"]
    assert names["values"].shape == (50,)
    assert names["values"].std() > 0
    assert abs(names["fast"] - names["nominal"]) > 0
    assert names["job"]["kind"] == "rydberg_array"
    assert names["seen"]["truth"]["rabi_scale"] == names["world"].truths.draws[3, 0]
    assert names["trained"].evaluations <= 400
    assert names["returns"].shape == (1, 3)
    told = names["told"]
    assert [row["name"] for row in told["stages"]] == ["nominal", "randomised", "noisy"]
    assert [row["shots"] for row in told["baselines"]] == [0, 0, 500]
    assert told["gap"]["to"] == "noisy"
