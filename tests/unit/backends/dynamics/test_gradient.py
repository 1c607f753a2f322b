"""Gradients against finite differences, and pulses that they find against what is known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backends import systems
from backends.dynamics import Diagonal, Fidelity, evolve, gradient
from backends.dynamics.driven import Driven
from backends.dynamics.grape import ascend
from backends.dynamics.ising import Ising
from backends.dynamics.pulses import Pulses
from backends.dynamics.rydberg import Rydberg
from tests.unit.backends.dynamics.test_evolution import GROUPS, random_programme
from tests.unit.backends.rydberg.arrays import SWEEP

STEP = 1e-5


def random_goal(name: str) -> Any:
    rng = np.random.default_rng(3)
    if name == "diagonal":
        return Diagonal(rng.normal(size=8))
    state = rng.normal(size=(3, 8)) + 1j * rng.normal(size=(3, 8))
    return Fidelity(state / np.linalg.norm(state, axis=1, keepdims=True))


@pytest.mark.parametrize("order", [4, 6])
@pytest.mark.parametrize("name", ["diagonal", "fidelity"])
@pytest.mark.parametrize(
    ("groups", "turned"), [(GROUPS[0], True), (GROUPS[2], True), (GROUPS[1], False)]
)
def test_it_is_that_of_the_discretised_evolution(
    groups: Any, name: str, order: int, *, turned: bool
) -> None:
    programme, goal = random_programme(groups, turned=turned), random_goal(name)
    kinds: dict[str, Any] = {"substeps": 2, "order": order}

    def value(**changed: Any) -> Any:
        return goal.value(evolve(**programme | changed, **kinds), slice(None))

    found = gradient(**programme, **kinds, goal=goal, chunk=2)
    np.testing.assert_allclose(found.values, value(), atol=1e-13)
    rng = np.random.default_rng(0)
    for kind, slope in (("weights", found.terms.weights), ("drives", found.terms.drives)):
        edges = np.zeros_like(programme[kind])
        edges[:, :-1] += slope[:, :, 0]
        edges[:, 1:] += slope[:, :, 1]
        way = rng.normal(size=edges.shape)
        way = way + 1j * rng.normal(size=edges.shape) if np.iscomplexobj(edges) else way
        up, down = (value(**{kind: programme[kind] + sign * STEP * way}) for sign in (1, -1))
        along = (edges.conj() * way).real.sum(axis=(1, 2))
        np.testing.assert_allclose(along, (up - down) / (2 * STEP), rtol=1e-6, atol=1e-8)


def test_it_holds_where_a_complex_drive_vanishes() -> None:
    programme, goal = random_programme(GROUPS[0], turned=True), random_goal("diagonal")
    programme["drives"][:] = 0
    found = gradient(**programme, substeps=2, goal=goal)
    for way, part in ((1, found.terms.drives.real), (1j, found.terms.drives.imag)):
        up, down = (
            goal.value(
                evolve(**programme | {"drives": programme["drives"] + s * STEP * way}, substeps=2),
                slice(None),
            )
            for s in (1, -1)
        )
        np.testing.assert_allclose(
            part.sum(axis=(1, 2, 3)), (up - down) / (2 * STEP), rtol=1e-6, atol=1e-8
        )


def driven_systems() -> list[tuple[Driven, dict[str, Any], dict[str, Any]]]:
    array: Any = systems.load({**SWEEP, "atoms": 3, "spacing": 7})
    lattice: Any = systems.load(
        {"kind": "spin_lattice", "schema_version": 1, "model": "ising", "geometry": "chain",
         "sites": 3, "parameters": {"J": [1, 2], "hx": [0.5, 1, 2]}}
    )  # fmt: skip
    two = np.array([0.9, 1.1])
    laser = {"rabi": [3, 5.0, 2], "detuning": [-5, 1.0, 4]}
    lambdas = {"rabi_scale": two, "detuning_offset": -two, "detuning_scale": 1.2}
    return [
        (Rydberg.of(array, [0]), laser, lambdas),
        (Rydberg.of(array, [0], resolved=True), {**laser, "phase": [0.1, 0.5, -2]}, lambdas),
        (
            Ising.of(lattice),
            {"J": [0, 0.5, 1], "hx": [2, 1, 0.2], "hz": [1, 0, 1]},
            {"j_scale": two, "hx_scale": two},
        ),
        (
            Pulses(qubits=2, coupling=1.0),
            {"x0": [1, 2, 1], "y1": [[0, 1, 2]], "z1": [[[0, 1], [3, 2]]]},
            {"amplitude_scale": two},
        ),
    ]  # fmt: skip


@pytest.mark.parametrize("case", range(4))
def test_it_reaches_the_controls(case: int) -> None:
    driven, controls, parameters = driven_systems()[case]
    goal = Diagonal(np.random.default_rng(5).normal(size=driven.model.size))

    def run(changed: Any, call: Any, **kinds: Any) -> Any:
        terms = driven.terms(changed, parameters)
        start: Any = driven.start  # type: ignore[attr-defined]
        return call(
            driven.model, start, terms.weights, terms.drives, [0.3, 0.4], substeps=3, **kinds
        )

    found = run(controls, gradient, goal=goal)
    slopes = driven.pullback(found.terms, controls, parameters)
    assert set(slopes) == set(controls)
    for name, slope in slopes.items():
        given = np.asarray(controls[name], dtype=float)
        for place in np.ndindex(given.shape):
            ends = []
            for sign in (1, -1):
                moved = given.copy()
                moved[place] += sign * STEP
                ends.append(goal.value(run({**controls, name: moved}, evolve), slice(None)))
            inside = place if given.ndim == 1 else place[1:]
            np.testing.assert_allclose(
                slope[(slice(None), *inside)], (ends[0] - ends[1]) / (2 * STEP), atol=1e-7
            )


def test_ascent_finds_the_pulse_that_flips_a_qubit_of_unknown_frequency() -> None:
    """A flip of constant amplitude fails off resonance; one that is shaped need not."""
    qubit = Pulses(qubits=1)
    offsets = {"frequency_offset": np.linspace(-2, 2, 3)}
    target, edges = Fidelity(np.array([0, 1.0 + 0j])), 6
    durations = np.full(edges - 1, 0.4)
    plain = np.full(edges, np.pi / durations.sum())
    found = ascend(
        qubit,
        qubit.start,
        target,
        knots={"x0": plain, "y0": 0.1},
        lower={"x0": -10, "y0": -10},
        upper={"x0": 10, "y0": 10},
        durations=durations,
        parameters=offsets,
        iterations=30,
    )
    assert found.history[0] < 0.5
    assert found.value > 0.99
    assert all(np.abs(values).max() <= 10 for values in found.knots.values())
    terms = qubit.terms(found.knots, offsets)
    ends = evolve(qubit.model, qubit.start, terms.weights, terms.drives, durations, tolerance=1e-8)
    np.testing.assert_allclose(np.abs(ends[:, 1]) ** 2, found.values, atol=1e-3)


def test_ascent_keeps_fixed_knots_and_stops_when_told() -> None:
    qubit = Pulses(qubits=1)
    found = ascend(
        qubit,
        qubit.start,
        Fidelity(np.array([0, 1.0 + 0j])),
        knots={"x0": [0, 1, 0]},
        lower={"x0": [0, 0, 0]},
        upper={"x0": [0, 9, 0]},
        durations=[0.5, 0.5],
        evaluations=3,
    )
    assert len(found.history) == 3
    assert found.knots["x0"][[0, 2]].tolist() == [0, 0]
    with pytest.raises(ValueError, match=r"controls are \['x1'\]; allowed: \['x0'\]"):
        ascend(
            qubit,
            qubit.start,
            Fidelity(np.ones(2)),
            knots={"x0": 0.0},
            lower={"x1": 0},
            upper={"x0": 1},
            durations=[1],
        )
