"""Driven evolution against closed forms and scipy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.linalg import expm

from backends.errors import ProgramRejected
from tests.unit.backends.rydberg.arrays import C6, SINGLE, SWEEP, Reference, chain, control, values


def test_one_atom_oscillates_at_the_generalised_rabi_frequency() -> None:
    points = np.array([[0, 0.13], [0, 2.0], [5, 0.7], [-17, 1.9], [31, 3.3]])
    found = values(SINGLE, points, "density")[:, 0]
    frequency = np.hypot(12, points[:, 0])
    expected = (12 / frequency) ** 2 * np.sin(frequency * points[:, 1] / 2) ** 2
    np.testing.assert_allclose(found, expected, atol=1e-12)


def test_a_waveform_that_stays_gives_what_a_number_gives() -> None:
    held = {"times": [0, 1.0, 4.0], "values": [12, 12, 12]}
    points = [[5, 0.7], [-17, 1.9], [31, 3.3]]
    names = ("density", "energy", "return_probability")
    expected = values(SINGLE, points, *names)
    np.testing.assert_allclose(
        values({**SINGLE, "rabi": held}, points, *names), expected, atol=1e-11
    )


def test_two_blockaded_atoms_oscillate_faster_by_the_root_of_two() -> None:
    """To first order in Omega / V, which shifts the level of the pair by ``-Omega^2 / 2 V``."""
    pair = {**SINGLE, "atoms": 2, "spacing": 4.0, "rabi": 2.0}
    times = np.linspace(0.1, 4.0, 9)
    points = np.stack([np.zeros(9), times], axis=1)
    found = values(pair, points, "density", "blockade_violation")
    ratio = 2.0 / (C6 / 4.0**6)
    enhanced = np.sin(np.sqrt(2) * 2.0 * times / 2) ** 2 / 2
    np.testing.assert_allclose(found[:, 0], enhanced, atol=2 * ratio * 2.0 * 4.0)
    assert (found[:, 1] < 2 * ratio**2).all()
    assert np.abs(found[:, 0] - np.sin(2.0 * times / 2) ** 2 / 2).max() > 0.2


def test_a_sweep_prepares_the_z2_state_as_scipy_says() -> None:
    final, edges = 45.0, [0.0, 0.2, 1.8, 2.0]
    names = ("energy", "density", "staggered_density", "density_correlation", "blockade_violation")
    found = values(SWEEP, [[final]], *names)[0]

    def drive(now: float) -> tuple[float, float]:
        detuning = np.interp(now, edges, [-30, -30, final, final])
        return float(np.interp(now, edges, [0, 15, 15, 0])), float(detuning)

    reference = Reference(chain(7, 5.5))
    state = reference.swept(drive, edges)
    chances, index = np.abs(state) ** 2, np.arange(128)
    bits = index[:, None] >> np.arange(7) & 1
    both = bits[:, 1:] & bits[:, :-1]
    expected = [
        np.vdot(state, reference.matrix(0, final) @ state).real,
        chances @ bits.mean(axis=1),
        chances @ (bits * (-1.0) ** np.arange(7)).mean(axis=1),
        chances @ both.mean(axis=1),
        chances @ both.any(axis=1),
    ]
    np.testing.assert_allclose(found, expected, atol=2e-7)
    assert chances[0b1010101] > 0.8


def test_a_phase_jump_in_a_plane_turns_as_scipy_says() -> None:
    """Detuned, so that the sign of the phase decides the outcome."""
    places = [[0, 0], ["d", 0], [3.0, 6.5]]
    system = {
        **SWEEP,
        "rabi": {"times": [0, 0.2, 0.9, 1.0], "values": [0, 9, 9, 0]},
        "detuning": 7.0,
        "phase": {"times": [0, 0.4, 0.55, 1.0], "values": [0, 1.1, -0.4, 0]},
        "geometry": "custom",
        "positions": places,
        "neighbours": [[0, 1]],
        "controls": [control("d", "um", 6, 9)],
    }
    system.pop("atoms"), system.pop("spacing")
    edges = [0, 0.2, 0.4, 0.55, 0.9, 1.0]

    def drive(now: float, sign: int = 1) -> tuple[float, float, float]:
        phase = 0.0 if now < 0.4 else 1.1 if now < 0.55 else -0.4
        return float(np.interp(now, [0, 0.2, 0.9, 1.0], [0, 9, 9, 0])), 7.0, sign * phase

    found = values(system, [[7.2]], "density", "density_correlation")[0]
    reference = Reference(np.array([[0, 0], [7.2, 0], [3.0, 6.5]]))
    bits = np.arange(8)[:, None] >> np.arange(3) & 1
    measured = np.stack([bits.mean(axis=1), bits[:, 0] * bits[:, 1]])
    expected = measured @ np.abs(reference.swept(drive, edges)) ** 2
    np.testing.assert_allclose(found, expected, atol=1e-8)
    mirrored = measured @ np.abs(reference.swept(lambda t: drive(t, -1), edges)) ** 2
    assert np.abs(mirrored - expected).max() > 0.01


def test_a_pulse_may_be_stopped_half_way() -> None:
    stopped = {
        **SWEEP,
        "atoms": 3,
        "state": {"kind": "evolved", "time": "t"},
        "controls": [*SWEEP["controls"], control("t", "us", 0, 2.5)],
    }
    found = values(stopped, [[40, 0.0], [40, 0.2]], "density", "return_probability")
    np.testing.assert_allclose(found[0], [0, 1], atol=1e-14)
    rows = Reference(chain(3, 5.5))
    state = rows.swept(lambda now: (75 * now, -30), [0, 0.2])
    assert abs(found[1, 1] - abs(state[0]) ** 2) < 1e-9
    with pytest.raises(ProgramRejected, match="allowed: 0 to 2 us") as rejected:
        values(stopped, [[40, 0.1], [40, 2.2]], "density")
    assert rejected.value.field == "/points/1"


def test_times_of_one_pulse_may_come_in_any_order() -> None:
    movie = {
        **SWEEP,
        "atoms": 3,
        "state": {"kind": "evolved", "time": "t"},
        "controls": [*SWEEP["controls"], control("t", "us", 0, 2)],
    }
    points = [[40, 1.3], [40, 0.0], [20, 0.9], [40, 0.2], [40, 2.0], [40, 1.3]]
    together = values(movie, points, "density", "energy", "return_probability")
    alone = [values(movie, [point], "density", "energy", "return_probability") for point in points]
    np.testing.assert_allclose(together, np.concatenate(alone), atol=1e-10)
    assert len(np.unique(together[:, 0])) == 5


def test_a_static_phase_turns_the_evolution() -> None:
    turned = {**SINGLE, "atoms": 2, "spacing": 7.0, "phase": 0.7}
    found = values(turned, [[4.0, 0.8]], "density")[0, 0]
    reference = Reference(chain(2, 7.0))
    state = expm(-0.8j * reference.matrix(12, 4.0, 0.7))[:, 0]
    assert abs(found - np.vdot(state, reference.n @ state).real / 2) < 1e-11


def test_trotters_formula_reaches_the_driven_evolution_in_second_order() -> None:
    wide = {
        **SWEEP,
        "atoms": 3,
        "spacing": 8.0,
        "rabi": {"times": [0, 0.25, 0.75, 1.0], "values": [0, 10, 10, 0]},
        "detuning": {"times": [0, 1.0], "values": [-8, "final"]},
    }
    names = ("density", "density_correlation", "staggered_density", "energy")
    points, steps = [[6.0], [6.0], [6.0]], np.array([[80.0], [160.0], [320.0]])
    exact = values(wide, points, *names)
    found = values(
        wide, points, *names, method="trotter", backend="aer",
        knobs=("trotter_steps",), knob_values=steps,
    )  # fmt: skip
    errors = np.abs(found - exact).max(axis=1)
    np.testing.assert_allclose(np.log2(errors[:-1] / errors[1:]), 2, atol=0.15)
    assert errors[-1] < 2e-3


def test_too_few_steps_which_would_lift_the_blockade_are_refused() -> None:
    """The bound of three atoms: two neighbours on both sides of the middle one, and a detuning."""
    near = {**SWEEP, "atoms": 3}

    def found(steps: float, **changes: Any) -> np.ndarray:
        return values(
            {**near, **changes}, [[45.0]], "density_correlation", method="trotter", backend="aer",
            knobs=("trotter_steps",), knob_values=np.array([[steps]]),
        )  # fmt: skip

    least = int(np.ceil((2 * C6 / 5.5**6 + 45) * 2.0 / (1.5 * np.pi)))
    with pytest.raises(ProgramRejected, match=f"allowed: {least} or more") as rejected:
        found(least - 1)
    assert rejected.value.field == "/knobs/trotter_steps/0"
    exact = values(near, [[45.0]], "density_correlation")
    assert abs(found(least) - exact).max() < 5e-3
    assert found(2, spacing=40.0, detuning="final / 100").shape == (1, 1)
