"""Episodes of control worlds, stepped and compared."""

from __future__ import annotations

from typing import Any

import numpy as np

from qtwin.worlds.control.world import ControlWorld


def actions(world: ControlWorld, steps: int, rows: int) -> Any:
    rng = np.random.default_rng(8)
    return rng.uniform(-1.3, 1.3, (steps, rows, *world.action_space.shape)).astype(np.float32)


def played(batch: Any, chosen: Any, **reset: Any) -> list[dict[str, Any]]:
    """Everything that a batch answers."""
    seen, facts = batch.reset(**reset)
    answers = [{"seen": seen, **facts}]
    for one in chosen:
        seen, rewards, terminated, truncated, facts = batch.step(one)
        answers.append(
            {"seen": seen, "rewards": rewards, "ends": terminated, "cut": truncated, **facts}
        )
    return answers


def assert_same(one: list[dict[str, Any]], two: list[dict[str, Any]], tolerance: float) -> None:
    assert len(one) == len(two)
    for mine, other in zip(one, two, strict=True):
        assert set(mine) == set(other)
        for name, value in mine.items():
            mine_at, other_at = np.asarray(value), np.asarray(other[name])
            assert mine_at.shape == other_at.shape, name
            np.testing.assert_allclose(
                mine_at.astype(float), other_at.astype(float), rtol=0, atol=tolerance, err_msg=name
            )
