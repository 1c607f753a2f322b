"""Control worlds as environments, single and batched."""

from __future__ import annotations

import itertools
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from gymnasium.vector import AutoresetMode

from qtwin.worlds.control import simulator
from tests.unit.worlds.control.documents import ALL, ANNEAL, RYDBERG, SPACED
from tests.unit.worlds.control.stepped import actions, assert_same, played
from tests.unit.worlds.control.worlds import DRAWS, ID, control_world, posterior_of, uncertain

TOLERANCES = {"double": 1e-12, "single": 1e-5}
"""By which what an environment does may differ with the others of its batch."""


@pytest.mark.parametrize("name", ALL)
def test_gymnasium_finds_nothing_wrong_with_an_environment(name: str) -> None:
    environment = gymnasium.make(ID, world=uncertain(name))
    check_env(environment.unwrapped)
    assert environment.unwrapped.spec is not None
    assert environment.unwrapped.spec.id == "qtwin/Control-v0"


@pytest.mark.parametrize("precision", TOLERANCES)
@pytest.mark.parametrize("name", ALL)
def test_a_batch_is_as_many_single_environments_one_after_the_other(
    name: str, precision: str
) -> None:
    world = uncertain(name, precision)
    batch = gymnasium.make_vec(ID, num_envs=3, world=world)
    singles = gymnasium.make_vec(ID, num_envs=3, world=world, vectorization_mode="sync")
    assert type(batch.unwrapped) is not type(singles.unwrapped)
    assert batch.metadata["autoreset_mode"] is AutoresetMode.NEXT_STEP
    assert batch.observation_space == singles.observation_space
    assert batch.action_space == singles.action_space
    chosen = actions(world, 2 * world.steps + 3, 3)
    together, alone = (played(some, chosen, seed=11) for some in (batch, singles))
    assert_same(together, alone, TOLERANCES[precision])


@pytest.mark.parametrize("precision", TOLERANCES)
@pytest.mark.parametrize("name", ["rydberg", "pulse"])
def test_an_environment_does_not_depend_on_the_others_of_its_batch(
    name: str, precision: str
) -> None:
    world = uncertain(name, precision)
    chosen = actions(world, 2 * world.steps + 1, 5)
    some = played(world.vector(5), chosen, seed=[3, 4, 5, 6, 7])
    two = played(world.vector(2), chosen[:, [3, 1]], seed=[6, 4])
    picked = [{key: np.asarray(value)[[3, 1]] for key, value in one.items()} for one in some]
    assert_same(picked, two, TOLERANCES[precision])


@pytest.mark.parametrize("precision", TOLERANCES)
def test_seeded_episodes_repeat_bit_for_bit_and_others_differ(precision: str) -> None:
    world = uncertain("rydberg", precision)
    chosen = actions(world, 2 * world.steps + 1, 3)
    first = played(world.vector(3), chosen, seed=1)
    assert_same(first, played(world.vector(3), chosen, seed=1), 0.0)
    other = played(world.vector(3), chosen, seed=9)
    assert not np.array_equal(first[world.steps]["counts"], other[world.steps]["counts"])


def test_a_reset_without_a_seed_goes_on_with_new_numbers() -> None:
    world = uncertain("rydberg")
    batch = world.vector(3)
    first = played(batch, actions(world, world.steps, 3), seed=1)
    again = played(batch, actions(world, world.steps, 3))
    assert not np.array_equal(first[0]["truth"], again[0]["truth"])
    assert not np.array_equal(first[-1]["counts"], again[-1]["counts"])


BAD = [
    (np.array([[0.0, np.nan], [0.0, 0.0]]), "environment 0: action detuning = nan; allowed: -1 to"),
    (np.array([[0.0, 0.0], [np.inf, 0.0]]), "environment 1: action rabi = inf; allowed: -1 to 1"),
    (np.zeros((2, 3)), r"shape \(2, 3\); allowed: \(2, 2\) for rabi, detuning"),
    (np.zeros(2), r"shape \(2,\); allowed: \(2, 2\) for rabi, detuning"),
    ([["left", "right"]] * 2, "no array of numbers; allowed: shape"),
    (None, "allowed"),
]


@pytest.mark.parametrize(("action", "words"), BAD)
def test_a_bad_action_is_refused_and_nothing_has_happened(action: Any, words: str) -> None:
    world = uncertain("rydberg")
    chosen = actions(world, world.steps, 2)
    harmed = world.vector(2)
    answers = played(harmed, chosen[:2], seed=4)
    with pytest.raises(ValueError, match=words):
        harmed.step(action)
    for one in chosen[2:]:
        seen, rewards, ends, cut, facts = harmed.step(one)
        answers.append({"seen": seen, "rewards": rewards, "ends": ends, "cut": cut, **facts})
    assert_same(answers, played(world.vector(2), chosen, seed=4), 0.0)


def test_one_environment_refuses_bad_actions_and_steps_out_of_turn() -> None:
    environment = control_world(RYDBERG).environment()
    with pytest.raises(gymnasium.error.ResetNeeded, match="allowed: reset"):
        environment.step(np.zeros(2, np.float32))
    environment.reset(seed=0)
    with pytest.raises(ValueError, match="environment 0: action detuning = -inf"):
        environment.step(np.array([0.0, -np.inf], np.float32))
    for _ in range(4):
        _, _, ended, _, _ = environment.step(np.zeros(2, np.float32))
    assert ended
    with pytest.raises(gymnasium.error.ResetNeeded, match="allowed: reset"):
        environment.step(np.zeros(2, np.float32))
    with pytest.raises(gymnasium.error.ResetNeeded, match="allowed: reset"):
        control_world(RYDBERG).vector(2).step(np.zeros((2, 2), np.float32))


def test_actions_beyond_the_bounds_are_the_bounds() -> None:
    world = control_world(SPACED)
    wild, tame = (played(world.vector(1), [[[a, -a, a]]] * 8, seed=0) for a in (7.0, 1.0))
    assert_same(wild, tame, 0.0)


def test_truths_are_those_that_were_asked_for() -> None:
    world = uncertain("rydberg")
    batch = world.vector(3)
    _, facts = batch.reset(seed=0, options={"draws": [6, 2, 2]})
    assert np.array_equal(facts["truth"], world.truths.draws[[6, 2, 2]])
    _, facts = batch.reset(seed=0, options={"truth": "nominal"})
    assert np.array_equal(facts["truth"], np.tile(world.truths.nominal, (3, 1)))
    for _ in range(world.steps):
        batch.step(np.zeros((3, 2), dtype=np.float32))
    *_, facts = batch.step(np.zeros((3, 2), dtype=np.float32))
    assert np.array_equal(facts["truth"], np.tile(world.truths.nominal, (3, 1)))
    _, facts = batch.reset(seed=0)
    assert {*map(tuple, facts["truth"])} <= {*map(tuple, world.truths.draws)}


def test_a_nominal_world_is_nominal_until_it_is_asked_otherwise() -> None:
    document = {**RYDBERG, "truth": "nominal"}
    world = control_world(document, posterior_of(document, ("rabi_scale",), 0.05))
    environment = world.environment()
    assert np.array_equal(environment.reset(seed=1)[1]["truth"], world.truths.nominal)
    truth = environment.reset(seed=1, options={"truth": "posterior"})[1]["truth"]
    assert truth[0] != world.truths.nominal[0]


def test_truths_are_drawn_alike() -> None:
    world = uncertain("rydberg")
    _, facts = world.vector(700).reset(seed=0)
    draws = world.truths.draws[:, 0].tolist()
    counted = np.bincount([draws.index(one) for one in facts["truth"][:, 0]], minlength=DRAWS)
    chi_squared = ((counted - 100) ** 2 / 100).sum()
    assert chi_squared < 22.5  # 99.9 % of 6 degrees of freedom


def test_noise_is_another_in_every_episode_and_in_every_round() -> None:
    noisy = posterior_of(ALL["pulse"], ("dephasing",), 20.0)
    world = control_world({**ALL["pulse"], "rounds": 2}, noisy)
    batch, chosen = world.vector(20), np.full((6, 20, 2), 0.4)
    options = {"draws": [3] * 20}
    one, two = (played(batch, chosen, options=options)[3::3] for _ in range(2))
    values = [round_["value"] for round_ in (*one, *two)]
    for first, second in itertools.combinations(values, 2):
        assert np.sum(first != second) > 15


def test_many_environments_are_evolved_block_by_block(monkeypatch: pytest.MonkeyPatch) -> None:
    world = uncertain("pulse", "double")
    chosen = actions(world, world.steps, 5)
    whole = played(world.vector(5), chosen, seed=2)
    monkeypatch.setattr(simulator, "MOST_AMPLITUDES", 2 * 4 * 2)
    assert_same(whole, played(world.vector(5), chosen, seed=2), TOLERANCES["double"])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"draws": [0]}, "allowed: 2 numbers from 0 to 6"),
        ({"draws": [0, 7]}, "allowed: 2 numbers from 0 to 6"),
        ({"truth": "mine"}, "truth is 'mine'; allowed: posterior, nominal"),
        ({"truth": "nominal", "draws": [0, 1]}, "draws with truth 'nominal'"),
        ({"colour": 1}, "option 'colour'; allowed: truth, draws"),
    ],
)
def test_options_that_there_are_not_are_refused(options: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        uncertain("rydberg").vector(2).reset(seed=0, options=options)


def test_seeds_are_one_for_each_environment() -> None:
    with pytest.raises(ValueError, match="2 seeds; allowed: 3"):
        uncertain("rydberg").vector(3).reset(seed=[1, 2])  # type: ignore[arg-type]  # as gymnasium's own


def test_observations_are_what_was_written_and_read() -> None:
    world = control_world(SPACED)
    names, environment = world.layout.names, world.environment()
    seen, _ = environment.reset(seed=2)
    assert not seen.any()
    for step in range(world.steps):
        seen, _, _, _, facts = environment.step(np.array([0.5, -0.25, 1.0], np.float32))
        named = dict(zip(names, seen.tolist(), strict=True))
        if step == 0:
            assert named["step"] == 0.25
            assert named["knot_1_rabi"] == pytest.approx(0.5)
            assert named["knot_1_detuning"] == pytest.approx(-0.25)
            assert named["knot_1_duration"] == pytest.approx(1.0)
            assert named["knot_2_rabi"] == named["measured"] == 0.0
        if step == 3:
            assert named["round"] == 0.5
            assert named["measured"] == 1.0
            assert named["knot_1_rabi"] == 0.0
            assert named["last_1_rabi"] == pytest.approx(0.5)
            read = facts["counts"] @ (np.arange(8)[:, None] >> np.arange(3) & 1) / world.shots
            densities = [named[f"density_{q}"] for q in range(3)]
            assert densities == pytest.approx(read.tolist())
            assert named["estimate"] == pytest.approx(facts["counts"][0b101] / world.shots)
    assert facts["counts"].sum() == world.shots
    assert facts["times"].shape == (6,)
    assert facts["schedule"].shape == (6, 2)


def test_the_reward_is_the_goal_less_the_costs_at_the_end() -> None:
    world = control_world(SPACED)
    answers = played(world.vector(4), actions(world, world.steps, 4), seed=5)
    assert not any(one["rewards"].any() for one in answers[1:-1])
    last = answers[-1]
    for row in range(4):
        times, rabi = last["times"][row], last["schedule"][row, :, 0]
        fine = np.linspace(0, times[-1], 200_001)
        energy = np.trapezoid(np.interp(fine, times, rabi) ** 2, fine)
        cost = 0.1 * times[-1] + 0.001 * energy
        assert last["rewards"][row] == pytest.approx(last["value"][row] - cost, abs=1e-6)


def test_less_energy_is_more_reward_and_shots_may_be_what_counts() -> None:
    world = control_world({**ANNEAL, "from_shots": True})
    last = played(world.vector(3), actions(world, world.steps, 3), seed=5)[-1]
    assert np.array_equal(last["rewards"], -last["estimate"])
    assert not np.array_equal(last["estimate"], last["value"])
    true = played(control_world(ANNEAL).vector(3), actions(world, world.steps, 3), seed=5)[-1]
    assert np.array_equal(true["rewards"], -last["value"])
