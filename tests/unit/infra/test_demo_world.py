"""The parts of `make demo-world` say what they were registered to say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backends.classical.basis import states
from backends.classical.driven import evolved
from backends.classical.evolution import product_vector
from backends.systems import load
from infra.demo_world import chain as chains
from infra.demo_world.chain import PATTERN, Chain
from infra.demo_world.machine import DETUNING, RABI, SHOTS, Day, _really
from infra.demo_world.policies import LINEAR, NOMINAL, RANDOMISED, SEARCHED, Played
from infra.demo_world.registered import FILE, registration
from infra.demo_world.report import document, sentences
from infra.demo_world.training import started, trained
from qtwin.worlds.posterior import Posterior
from qtwin.worlds.transfer.comparison import compare

EMPTY: dict[str, Any] = {
    "evidence": {"sources": {}, "left_out": {}, "settings": 1, "shots": 1},
    "diagnostics": {}, "fit": {}, "priors": {"rabi_scale": {}}, "drift": {},
    "discrepancy": {"quantiles": {"0.5": 1e-4}},
}  # fmt: skip
POSTERIOR = Posterior(
    names=("rabi_scale",),
    units=("dimensionless",),
    draws=np.array([[0.98], [1.0], [1.02]]),
    nominal=np.array([1.0]),
    facts=EMPTY,
)
CHAIN = Chain(posterior=POSTERIOR)


def test_the_linear_sweep_is_worth_what_the_exact_solver_says() -> None:
    sweep = CHAIN.linear(-40.0, 40.0)
    system: Any = load(CHAIN.system(sweep))
    start = product_vector("0" * 7, states(7, ()))
    final = evolved(system, np.empty(0), start, np.array([chains.DURATION]))[0]
    exact = abs(final[int(PATTERN, 2)]) ** 2
    assert CHAIN.nominal(sweep) == pytest.approx(exact, abs=2e-3)
    there, read = CHAIN.randomised(sweep, 2, 1)
    assert there == pytest.approx(exact, abs=0.05)
    assert np.array_equal(there, read)


def test_training_betters_where_it_starts_within_the_machines_limits() -> None:
    sweep = CHAIN.linear(-40.0, 40.0)
    start = CHAIN.nominal(CHAIN.schedule(started(CHAIN, sweep, 3)))
    schedule, worth = trained(CHAIN, sweep, 3, members=0, evaluations=5)
    assert worth == pytest.approx(CHAIN.nominal(schedule), abs=2e-3)
    assert worth > start + 0.02
    CHAIN.world.schedules.check(schedule)


def test_the_machine_does_otherwise_than_it_is_told() -> None:
    told = CHAIN.system(CHAIN.linear(-40.0, 40.0))
    array: Any = load(told)
    day = Day.of(2, 7)
    done = _really(told, array, day, PATTERN)
    assert done["rabi"]["values"][3] == pytest.approx(15.8 * day.rabi)
    assert abs(day.rabi - RABI) < 0.05
    assert done["detuning"]["values"][0] == pytest.approx(-40 + day.detuning)
    assert abs(day.detuning - DETUNING) < 2.5
    assert np.array(done["positions"]).shape == (7, 2)
    assert Day.of(2, 7).rabi == day.rabi != Day.of(3, 7).rabi


def test_other_seeds_than_the_registered_are_refused() -> None:
    assert registration().seeds == tuple(range(1, 11))
    values = dict.fromkeys(range(1, 10), 0.5)
    with pytest.raises(ValueError, match=r"seeds \[10\]"):
        compare(registration(), values, values)
    text = Path(FILE).with_name("preregistration.md").read_text()
    assert "1 to 10" in text


def played(title: str, seed: int, nominal: float, share: float) -> Played:
    return Played(
        title=title, seed=seed, nominal=nominal,
        randomised=[nominal - 0.02, nominal - 0.04], read=[0.6 * nominal, 0.5 * nominal],
        counts=[round(share * SHOTS)] * 5, schedule={},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("advantage", "verdict"),
    [
        (0.08, "the randomised policy loses less"),
        (-0.08, "the nominal policy loses less"),
        (0.005, "too small to matter"),
        (0.0, "no difference was found"),
    ],
)
def test_the_comparison_is_told_whichever_way_it_falls(advantage: float, verdict: str) -> None:
    jitter = np.random.default_rng(1).choice([-0.001, 0.001], 10)
    found = [played(LINEAR, 0, 0.5, 0.3), played(SEARCHED, 101, 0.7, 0.4)]
    for seed in range(1, 11):
        found.append(played(NOMINAL, seed, 0.9, 0.5))
        share = 0.5 + advantage + jitter[seed - 1]
        found.append(played(RANDOMISED, seed, 0.9, share))
    report = document(POSTERIOR, POSTERIOR, found, {}, quick=False) | {"seconds": {"all": 1.0}}
    assert report["comparison"]["effect"] == pytest.approx(advantage, abs=0.002)
    assert any(verdict in sentence for sentence in sentences(report))
    assert sum("Both beat the linear sweep" in sentence for sentence in sentences(report)) == 3


def test_a_policy_within_the_sweeps_interval_does_not_beat_it() -> None:
    found = [played(LINEAR, 0, 0.5, 0.3), played(SEARCHED, 101, 0.7, 0.4)]
    found += [played(title, seed, 0.9, 0.305) for title in (NOMINAL, RANDOMISED) for seed in (1, 2)]
    report = document(POSTERIOR, POSTERIOR, found, {}, quick=True) | {"seconds": {"all": 1.0}}
    assert report["comparison"] is None
    assert any("On the noisy stage" in s and "Neither beats" in s for s in sentences(report))
