"""The belief against a dense integration over the value, and against what it claims."""

from __future__ import annotations

import numpy as np
import pytest

from qtwin.worlds.mitigation.belief import Belief, Nodes
from qtwin.worlds.mitigation.episode import Episodes
from qtwin.worlds.mitigation.planner import Planner
from tests.unit.worlds.mitigation.devices import posterior, world


def test_it_is_bayes_over_values_and_channels() -> None:
    nodes = Nodes.of(posterior())
    seen = [(1.0, 0.41, 2e-3), (3.0, 0.27, 1e-3), (5.0, 0.2, 4e-3)]
    belief = Belief.prior(nodes, 2)
    for gain, y, variance in seen:
        belief.learn(np.array([1]), np.array([gain]), np.array([y]), np.array([variance]))
    grid = np.linspace(nodes.mean - 9 * nodes.std, nodes.mean + 9 * nodes.std, 20001)
    log = np.tile(-0.5 * ((grid - nodes.mean) / nodes.std) ** 2, (len(nodes.rate), 1))
    for gain, y, variance in seen:
        rho = (nodes.scale * np.exp(-gain * nodes.rate))[:, None]
        m = nodes.mixed_value[:, None]
        log -= 0.5 * (y - m - rho * (grid - m)) ** 2 / variance
    density = np.exp(log - log.max())
    density /= density.sum()
    mean = (density * grid).sum()
    std = np.sqrt((density * (grid - mean) ** 2).sum())
    found = belief.moments()
    assert [found[0][1], found[1][1]] == pytest.approx([mean, std], rel=1e-6)
    assert [found[0][0], found[1][0]] == pytest.approx([nodes.mean, nodes.std])
    damping = nodes.rate - np.log(nodes.scale)
    weights = density.sum(axis=1)
    centre = (weights * damping).sum()
    unsure = np.sqrt((weights * (damping - centre) ** 2).sum())
    assert [values[1] for values in belief.channel()] == pytest.approx([centre, unsure], rel=1e-6)


def test_answers_are_off_by_what_the_belief_says() -> None:
    here, count = world(), 600
    episodes = Episodes(here, count)
    rng = np.random.default_rng(4)
    episodes.begin(np.arange(count), here.posterior.pick(rng, count))
    planner, active = Planner(episodes), np.ones(count, dtype=np.bool_)
    for _ in range(here.steps):
        noise = rng.standard_normal(count)
        _, terminated, refused, info = episodes.step(
            planner.act().astype(np.float64), active, noise
        )
        active &= ~(terminated | refused)
    assert not active.any()
    assert not refused.any()
    off = info["error"] / info["std"]
    assert np.sqrt(np.mean(off**2)) == pytest.approx(1.0, abs=0.12)  # 0.03 is one sigma
    assert info["std"].max() < 1.05 * here.target
    assert np.mean(info["spent"]) < 0.06 * here.budget
