"""What environments say a schedule prepares, against QuTiP and Amazon Braket's simulator."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest
import qutip

from backends.analog.emulator import final_state
from backends.analog.readout import ReadoutError
from backends.systems import RydbergArray
from backends.systems import load as load_system
from qtwin.worlds.control.space import Knots
from qtwin.worlds.control.world import ControlWorld
from qtwin.worlds.posterior import Posterior
from tests.unit.worlds.control.documents import ANNEAL, PAIR, PULSE, RYDBERG
from tests.unit.worlds.control.worlds import control_world, posterior_of

EXACT = {"method": "adams", "atol": 1e-11, "rtol": 1e-10, "nsteps": 1_000_000}
C6 = 5.42e6

Terms = Callable[[Mapping[str, float], Mapping[str, float]], Any]
"""The Hamiltonian of controls at one time and parameters."""


def on(letter: str, qubit: int, qubits: int) -> Any:
    """A Pauli matrix on one qubit, qubit 0 the last factor."""
    matrices = {"X": qutip.sigmax(), "Y": qutip.sigmay(), "Z": qutip.sigmaz()}
    factors = [qutip.qeye(2)] * qubits
    factors[qubits - 1 - qubit] = matrices[letter]
    return qutip.tensor(factors)


def number(qubit: int, qubits: int) -> Any:
    return (1 - on("Z", qubit, qubits)) / 2


def rydberg(controls: Mapping[str, float], truth: Mapping[str, float]) -> Any:
    rabi = truth["rabi_scale"] * controls["rabi"]
    detuning = truth["detuning_scale"] * controls["detuning"] + truth["detuning_offset"]
    energy = sum(rabi / 2 * on("X", q, 3) - detuning * number(q, 3) for q in range(3))
    for one, two in ((0, 1), (1, 2), (0, 2)):
        coupling = truth["c6_scale"] * C6 / (6.0 * (two - one)) ** 6
        energy += coupling * number(one, 3) * number(two, 3)
    return energy


def anneal(controls: Mapping[str, float], truth: Mapping[str, float]) -> Any:
    couplings = truth["j_scale"] * controls["J"] * np.array([-1.0, -0.5])
    energy = sum(-c * on("Z", b, 3) * on("Z", b + 1, 3) for b, c in enumerate(couplings))
    field, along = truth["hx_scale"] * controls["hx"], 0.1 + truth["hz_offset"]
    return energy - sum(field * on("X", q, 3) + along * on("Z", q, 3) for q in range(3))


def pair(controls: Mapping[str, float], truth: Mapping[str, float]) -> Any:
    scale, offset = truth["amplitude_scale"] / 2, truth["frequency_offset"]
    energy = scale * controls["x0"] * on("X", 0, 2) + scale * controls["y0"] * on("Y", 0, 2)
    energy += scale * controls["x1"] * on("X", 1, 2) + offset * number(0, 2)
    energy += (controls["z1"] + offset) * number(1, 2)
    return energy + truth["coupling_scale"] * 5.0 / 4 * on("Z", 0, 2) * on("Z", 1, 2)


def pulse(controls: Mapping[str, float], truth: Mapping[str, float]) -> Any:
    scale = truth["amplitude_scale"] / 2
    energy = scale * (controls["x0"] * on("X", 0, 1) + controls["y0"] * on("Y", 0, 1))
    return energy + truth["frequency_offset"] * number(0, 1)


def evolved(world: ControlWorld, facts: Mapping[str, Any], terms: Terms, jumps: Any = ()) -> Any:
    """QuTiP's final state, one piece of the schedule after the other."""
    qubits = world.driven.qubits
    letters = "+" * qubits if world.driven.kind == "spin_lattice" else "0" * qubits
    zero, plus = qutip.basis(2, 0), (qutip.basis(2, 0) + qutip.basis(2, 1)).unit()
    state = qutip.tensor([plus if letter == "+" else zero for letter in letters])
    truth = dict(zip(world.parameters, facts["truth"], strict=True))
    names = world.schedules.names
    for place in range(len(facts["times"]) - 1):
        length = facts["times"][place + 1] - facts["times"][place]
        starts, ends = (
            terms(dict(zip(names, facts["schedule"][place + side], strict=True)), truth)
            for side in (0, 1)
        )
        drift = qutip.QobjEvo([starts, [(ends - starts) / length, lambda t: t]])
        state = qutip.mesolve(drift, state, [0, length], jumps, options=EXACT).states[-1]
    return state


def one_episode(world: ControlWorld, rows: int, draws: list[int]) -> dict[str, Any]:
    """Facts of one round under random schedules, the same in every environment."""
    batch = world.vector(rows)
    _, began = batch.reset(seed=1, options={"draws": draws})
    rng = np.random.default_rng(2)
    facts: dict[str, Any] = {}
    for _ in range(world.schedules.segments):
        action = rng.uniform(-1, 1, world.action_space.shape)
        *_, facts = batch.step(np.tile(action, (rows, 1)))
    return {**began, **facts}


def row(facts: Mapping[str, Any], index: int) -> dict[str, Any]:
    return {name: value[index] for name, value in facts.items()}


SYSTEMS = {
    "rydberg": (RYDBERG, rydberg, ("rabi_scale", "detuning_scale", "detuning_offset", "c6_scale")),
    "anneal": (ANNEAL, anneal, ("j_scale", "hx_scale", "hz_offset")),
    "pair": (PAIR, pair, ("amplitude_scale", "frequency_offset", "coupling_scale")),
    "pulse": (PULSE, pulse, ("amplitude_scale", "frequency_offset")),
}


@pytest.mark.parametrize("name", SYSTEMS)
def test_the_value_of_a_schedule_is_that_of_qutip(name: str) -> None:
    document, terms, parameters = SYSTEMS[name]
    fine = {**document, "tolerance": 1e-8}
    world = control_world(fine, posterior_of(document, parameters, 0.1))
    facts = one_episode(world, 2, [3, 6])
    for index in range(2):
        state = evolved(world, row(facts, index), terms).full()[:, 0]
        assert facts["value"][index] == pytest.approx(
            float(world.goal.values(state[None])[0]), abs=1e-6
        )
    assert abs(facts["value"][0] - facts["value"][1]) > 1e-3


def test_the_goals_of_other_systems_are_what_they_say() -> None:
    neel = np.zeros((1, 8), dtype=complex)
    neel[0, [0b101, 0b010]] = np.sqrt([0.3, 0.7])
    both = {**RYDBERG, "goal": {"measure": "z2_probability", "target": "both"}}
    assert control_world(RYDBERG).goal.values(neel) == pytest.approx([0.3])
    assert control_world(both).goal.values(neel) == pytest.approx([1.0])
    plus = control_world({**PULSE, "goal": {"measure": "fidelity", "target": "+"}})
    assert plus.goal.values(np.array([[1.0, 1j]]) / np.sqrt(2)) == pytest.approx([0.5])
    energies = control_world(ANNEAL).goal.diagonal
    problem = 1.0 * on("Z", 0, 3) * on("Z", 1, 3) + 0.5 * on("Z", 1, 3) * on("Z", 2, 3)
    problem -= sum(0.1 * on("Z", q, 3) for q in range(3))
    assert energies == pytest.approx(problem.diag())


def test_dephasing_is_that_of_the_master_equation() -> None:
    rate = 1.5
    noisy = Posterior(
        names=("dephasing",), units=("1/us",), draws=np.array([[rate]]), nominal=np.zeros(1)
    )
    world = control_world({**PULSE, "shots": 20, "trajectories": 20}, noisy)
    facts = one_episode(world, 150, [0] * 150)
    jumps = [np.sqrt(rate / 2) * qutip.sigmaz()]
    exact = evolved(world, row(facts, 0), pulse, jumps).full()[1, 1].real
    pure = abs(evolved(world, row(facts, 0), pulse).full()[1, 0]) ** 2
    error = facts["value"].std(ddof=1) / np.sqrt(150)
    assert abs(exact - pure) > 20 * error
    assert abs(facts["value"].mean() - exact) < 4 * error
    read = facts["counts"][:, 1].sum() / (150 * 20)
    assert abs(read - exact) < 4 * np.sqrt(exact * (1 - exact) / (150 * 20))


def test_noise_that_is_frozen_in_each_shot_is_an_average_over_it() -> None:
    """Of one atom under a constant drive: a mean of Rabi's formula over detunings."""
    spread, document = 4.0, {
        **RYDBERG,
        "system": {**RYDBERG["system"], "atoms": 1},
        "schedule": {
            "duration": 0.4, "segments": 1, "limits": "none",
            "controls": {"rabi": {"lower": 0, "upper": 10}},
        },
        "goal": {"measure": "density"},
        "shots": 40,
        "trajectories": 40,
    }  # fmt: skip
    uneven = Posterior(
        names=("site_detuning",), units=("rad/us",), draws=np.array([[spread]]), nominal=np.zeros(1)
    )
    batch = control_world(document, uneven).vector(100)
    batch.reset(seed=1)
    *_, facts = batch.step(np.ones((100, 1), dtype=np.float32))
    nodes, weights = np.polynomial.hermite_e.hermegauss(60)
    total = np.hypot(10.0, spread * nodes)
    exact = weights @ ((10.0 / total) ** 2 * np.sin(total * 0.2) ** 2) / weights.sum()
    error = facts["value"].std(ddof=1) / 10
    assert abs(np.sin(2.0) ** 2 - exact) > 20 * error
    assert abs(facts["value"].mean() - exact) < 4 * error


def test_shots_are_those_that_brakets_simulator_would_give() -> None:
    """A world's schedule as an ordinary system's document, run by somebody else's solver."""
    misread = {"false_excited": 0.03, "false_ground": 0.09}
    detector = Posterior(
        names=tuple(misread), units=("dimensionless",) * 2,
        draws=np.array([list(misread.values())]), nominal=np.zeros(2),
    )  # fmt: skip
    world = control_world({**RYDBERG, "shots": 4000}, detector)
    facts = row(one_episode(world, 1, [0]), 0)
    schedule = world.schedules.schedule(Knots(facts["times"][None], facts["schedule"][None]))
    array = load_system(schedule.system(world))
    assert isinstance(array, RydbergArray)
    state = final_state(array, np.zeros(0), steps=600, blockade_radius=0.0)
    chances = np.abs(state) ** 2
    assert facts["value"] == pytest.approx(chances[0b101], abs=2e-3)
    expected = 4000 * ReadoutError(0.03, 0.09).applied(chances)
    likely = expected > 5
    rest = 4000 - expected[likely].sum(), 4000 - facts["counts"][likely].sum()
    chi_squared = ((facts["counts"] - expected)[likely] ** 2 / expected[likely]).sum()
    chi_squared += (rest[0] - rest[1]) ** 2 / max(rest[0], 1.0)
    assert chi_squared < 26.1  # 99.9 % of 8 degrees of freedom
    unread = 4000 * chances
    assert ((facts["counts"] - unread)[likely] ** 2 / unread[likely]).sum() > 26.1
