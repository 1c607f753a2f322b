"""Training: known optima, budgets, seeds, and going on from a checkpoint."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import cma
import numpy as np
import pytest

from backends.errors import ProgramRejected
from qtwin.worlds.learners.cma_es import CmaSettings
from qtwin.worlds.learners.curve import Row
from qtwin.worlds.learners.document import read_plan
from qtwin.worlds.learners.optimiser import Ground
from qtwin.worlds.learners.train import train
from qtwin.worlds.learners.training import Training
from qtwin.worlds.learners.truths import Episodes, Truths
from qtwin.worlds.policies import Policy, architecture_for, dump_policy, read_policy
from tests.unit.worlds.regulator import Regulator, riccati

QUIET = Regulator()
NOISY = Regulator(gains=tuple(np.linspace(0.4, 0.6, 40)), noise=0.05)
LINEAR = {"policy": {"kind": "linear"}, "truths": 4, "held_out": 8}
EPISODES = Episodes(draws=1, seed=0, truth="nominal")
"""That optimisers which do not know the world do not look at."""
LEARNERS: dict[str, dict[str, Any]] = {
    "cma_es": {"kind": "cma_es", **LINEAR},
    "random": {"kind": "random", **LINEAR, "population": 4},
    "bayesian": {"kind": "bayesian", **LINEAR, "initial": 8},
}


def global_words() -> str:
    """State of NumPy's global generator."""
    state: Any = np.random.get_state(legacy=False)  # noqa: NPY002 - it is what is tested
    return f"{state['state']['key'].tolist()} {state['state']['pos']} {state['gauss']}"


def without_seconds(curve: tuple[Row, ...]) -> list[Row]:
    return [replace(row, seconds=0.0) for row in curve]


def test_cma_es_finds_the_riccati_gain() -> None:
    found = train(
        QUIET,
        {"kind": "cma_es", "policy": {"kind": "linear"}, "truths": "nominal", "held_out": 2},
        seed=1,
        budget={"evaluations": 900},
    )
    _, gain = riccati(QUIET.a, QUIET.nominal)
    assert found.curve[-1].mean == pytest.approx(QUIET.best, abs=2e-4)
    assert found.policy.act(np.array([[1.0]]), 0)[0, 0] == pytest.approx(-gain, abs=5e-3)


def test_cma_es_finds_the_best_table_of_actions() -> None:
    found = train(
        QUIET,
        {"kind": "cma_es", "truths": "nominal", "held_out": 2},
        seed=2,
        budget={"evaluations": 1800},
    )
    _, gain = riccati(QUIET.a, QUIET.nominal)
    best = [-gain * (QUIET.a - QUIET.nominal * gain) ** step for step in range(QUIET.steps)]
    np.testing.assert_allclose(found.policy.parameters, best, atol=0.02)


def test_cma_es_takes_the_same_path_as_the_package_alone() -> None:
    start = np.full(4, 0.7)
    rng = np.random.default_rng([9, 0])

    def normal(*shape: int) -> Any:
        return rng.standard_normal(shape)

    options: dict[str, Any] = {"randn": normal, "seed": float("nan"), "verbose": -9, "popsize": 8}
    options["signals_filename"] = ""
    theirs = cma.CMAEvolutionStrategy(start, 0.3, options)
    ours = CmaSettings(size=8, sigma=0.3, diagonal=None).make(
        Ground(start=start, bound=None, seed=9)
    )
    for generation in range(30):
        rng = np.random.default_rng([9, generation])
        asked = theirs.ask()
        np.testing.assert_array_equal(ours.ask(EPISODES), asked)
        values = [cma.ff.sphere(x) for x in asked]
        theirs.tell(asked, values)
        ours.tell(-np.array(values))
    np.testing.assert_array_equal(ours.favourite, theirs.result.xfavorite)
    assert cma.ff.sphere(ours.favourite) < 1e-4


@pytest.mark.slow
def test_cma_es_needs_no_more_than_the_packages_own_minimiser() -> None:
    def evaluations(seed: int) -> tuple[int, int]:
        options: dict[str, Any] = {"verbose": -9, "ftarget": 1e-8, "seed": seed, "popsize": 8}
        options["signals_filename"] = ""
        theirs = cma.fmin2(cma.ff.sphere, np.full(4, 0.7), 0.3, options)[1].result.evaluations
        ours, made = (
            0,
            CmaSettings(size=8, sigma=0.3, diagonal=None).make(
                Ground(start=np.full(4, 0.7), bound=None, seed=seed)
            ),
        )
        while True:
            values = np.array([cma.ff.sphere(x) for x in made.ask(EPISODES)])
            ours += len(values)
            made.tell(-values)
            if values.min() < 1e-8:
                return ours, int(theirs)

    state = np.random.get_state()  # noqa: NPY002 - that the package leaves as it was is the point
    counts = np.array([evaluations(seed) for seed in range(1, 5)])
    np.random.set_state(state)  # noqa: NPY002 - the package's own minimiser seeds it
    assert abs(np.log(counts[:, 0] / counts[:, 1]).mean()) < 0.2


def test_no_global_generator_is_touched() -> None:
    before = global_words()
    for learner in LEARNERS.values():
        train(NOISY, learner, seed=1, budget={"evaluations": 200})
    assert global_words() == before


@pytest.mark.parametrize("kind", LEARNERS)
def test_a_seed_repeats_itself_bit_for_bit(kind: str) -> None:
    def once(seed: int) -> Training:
        return train(NOISY, LEARNERS[kind], seed=seed, budget={"evaluations": 150})

    one, two, other = once(3), once(3), once(4)
    assert dump_policy(one.policy) == dump_policy(two.policy)
    assert without_seconds(one.curve) == without_seconds(two.curve)
    assert not np.array_equal(one.policy.parameters, other.policy.parameters)


@pytest.mark.parametrize("kind", LEARNERS)
def test_going_on_from_any_checkpoint_is_as_if_nothing_had_been(kind: str) -> None:
    kept: list[bytes] = []
    budget = {"evaluations": 150}
    whole = train(
        NOISY,
        LEARNERS[kind],
        seed=3,
        budget=budget,
        on_progress=lambda row, checkpoint: kept.append(checkpoint),
    )
    assert len(kept) == len(whole.curve) > 3
    for checkpoint in (kept[0], kept[2], kept[-1]):
        rest = train(NOISY, LEARNERS[kind], seed=3, budget=budget, checkpoint=checkpoint)
        assert dump_policy(rest.policy) == dump_policy(whole.policy)
        assert without_seconds(rest.curve) == without_seconds(whole.curve)
        assert rest.evaluations == whole.evaluations


def test_a_checkpoint_of_another_training_is_refused() -> None:
    kept = train(NOISY, LEARNERS["cma_es"], seed=3, budget={"evaluations": 100}).checkpoint
    with pytest.raises(ValueError, match="/identity/seed: this is a checkpoint of another"):
        train(NOISY, LEARNERS["cma_es"], seed=4, budget={"evaluations": 200}, checkpoint=kept)
    with pytest.raises(ValueError, match="no checkpoint"):
        train(NOISY, LEARNERS["cma_es"], seed=3, budget={"evaluations": 200}, checkpoint=b"PK")


def test_no_episode_is_played_beyond_the_budget() -> None:
    for evaluations in (60, 61, 99, 250):
        found = train(NOISY, LEARNERS["cma_es"], seed=1, budget={"evaluations": evaluations})
        assert found.evaluations <= evaluations
        assert found.evaluations > evaluations - 7 * 4
        assert found.stopped == f"the budget of {evaluations} evaluations is used up"
        assert found.policy.provenance.training["stopped"] == found.stopped


def test_the_seconds_of_a_budget_end_a_training() -> None:
    found = train(NOISY, LEARNERS["random"], seed=1, budget={"seconds": 0.2})
    assert found.stopped == "the budget of 0.2 s is used up"
    assert 0.0 < found.curve[-1].seconds < 0.2


def test_a_training_ends_when_it_is_asked_to() -> None:
    found = train(
        NOISY,
        LEARNERS["random"],
        seed=1,
        budget={"evaluations": 10_000},
        on_progress=lambda row, checkpoint: row.evaluations < 60,
    )
    assert (len(found.curve), found.stopped) == (3, "stopped when it was asked to")


def test_the_policy_carries_where_it_comes_from() -> None:
    found = train(NOISY, LEARNERS["random"], seed=5, budget={"evaluations": 100}, twin_version="7")
    read = read_policy(dump_policy(found.policy), NOISY).provenance
    assert (read.seed, read.twin_version, read.world_kind) == (5, "7", "regulator")
    assert read.learner == read_plan(LEARNERS["random"]).to_dict()
    assert read.training["held_out_draws"] == 8
    assert set(read.training["choice"]["finalists"]) == {"favourite", "best_in_training", "start"}


def test_a_training_that_goes_wrong_ends_with_its_start() -> None:
    _, gain = riccati(NOISY.a, NOISY.nominal)
    good = Policy(
        architecture=architecture_for(NOISY, {"kind": "linear"}),
        parameters=np.array([-4 * gain, 0.0]),
    )
    learner = {"kind": "random", **LINEAR, "spread": 50.0, "population": 4}
    found = train(NOISY, learner, seed=1, budget={"evaluations": 100}, start=good)
    np.testing.assert_array_equal(found.policy.parameters, good.parameters)
    assert found.choice["chosen"] == "start"


@pytest.mark.parametrize("count", [3, 9, 40, 500])
def test_no_truth_is_trained_on_and_chosen_on(count: int) -> None:
    world = Regulator(gains=tuple(np.linspace(0.4, 0.6, count)))
    truths = Truths.of(world, read_plan(LEARNERS["cma_es"]), 7)
    trained = {int(d) for g in range(300) for d in np.atleast_1d(truths.of_generation(g).draws)}
    chosen = {int(d) for d in np.atleast_1d(truths.of_choice().draws)}
    if count < 8:
        assert truths.facts() == {"held_out_truths": "the same few draws with other seeds"}
    else:
        assert not trained & chosen
        assert trained | chosen <= set(range(count))
    assert truths.of_generation(1).seed != truths.of_generation(2).seed != truths.of_choice().seed


def test_the_interval_of_the_curve_holds_the_true_mean() -> None:
    """Of 95 % intervals from 8 normal returns, 200 times: at least 178 with chance 0.9999."""
    rng = np.random.default_rng(0)
    rows = [Row.of(rng.normal(3, 1, 8), evaluations=1, seconds=0, best=0) for _ in range(200)]
    held = sum(row.lower <= 3.0 <= row.upper for row in rows)
    assert 178 <= held <= 200


@pytest.mark.parametrize(
    ("learner", "field", "said"),
    [
        ({"kind": "magic"}, "/kind", "allowed: cma_es"),
        ({"kind": "random", "truths": 1}, "/truths", "integer from 2"),
        ({"kind": "random", "truths": "some"}, "/truths", "'some'"),
        ({"kind": "random", "episodes": 3}, "/episodes", "only where truths is nominal"),
        ({"kind": "random", "spread": -1}, "/spread", "allowed: 1e-06 to 1000"),
        ({"kind": "cma_es", "sigma": 0}, "/sigma", "sigma = 0"),
        ({"kind": "cma_es", "population": 2}, "/population", "from 4"),
        ({"kind": "cma_es", "learning_rate": 1}, "/learning_rate", "unknown field"),
        ({"kind": "cma_es", "policy": {"kind": "mlp", "hidden": [0]}}, "/policy/hidden", "widths"),
        ({"kind": "cma_es", "policy": {"kind": "rnn"}}, "/policy/kind", "open_loop, linear, mlp"),
    ],
)
def test_a_wrong_learner_is_refused_by_its_field(
    learner: dict[str, Any], field: str, said: str
) -> None:
    with pytest.raises(ProgramRejected, match=said) as refused:
        train(QUIET, learner, seed=0, budget={"evaluations": 1000})
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("budget", "field", "said"),
    [
        ({}, "/budget", "needed: evaluations or seconds"),
        ({"evaluations": 20}, "/budget/evaluations", "allowed: 44 or more"),
        ({"seconds": float("nan")}, "/budget/seconds", "above 0"),
        ({"hours": 1}, "/budget/hours", "unknown field"),
    ],
)
def test_a_wrong_budget_is_refused_by_its_field(
    budget: dict[str, Any], field: str, said: str
) -> None:
    with pytest.raises(ProgramRejected, match=said) as refused:
        train(NOISY, LEARNERS["random"], seed=0, budget=budget)
    assert refused.value.field == field
