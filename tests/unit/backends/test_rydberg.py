"""Rydberg arrays: closed forms, and evolution against SciPy's integrators on matrices made here."""

from __future__ import annotations

import time
import tracemalloc
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.linalg import expm

from backends import registry, systems
from backends.errors import ProgramRejected
from backends.schema import Experiment, Result, RunOptions
from tests.unit.backends.dense import X, Y, on

C6 = 5.42e6
N = np.diag([0.0, 1.0])


def control(name: str, unit: str, lower: float, upper: float) -> dict[str, Any]:
    return {"name": name, "unit": unit, "lower": lower, "upper": upper}


SWEEP: dict[str, Any] = {
    "kind": "rydberg_array",
    "schema_version": 1,
    "geometry": "chain",
    "atoms": 7,
    "spacing": 5.5,
    "rabi": {"times": [0, 0.2, 1.8, 2.0], "values": [0, 15, 15, 0]},
    "detuning": {"times": [0, 0.2, 1.8, 2.0], "values": [-30, -30, "final", "final"]},
    "state": {"kind": "evolved"},
    "controls": [control("final", "rad/us", -30, 60)],
}
SINGLE: dict[str, Any] = {
    **SWEEP,
    "atoms": 1,
    "rabi": 12,
    "detuning": "final",
    "state": {"kind": "evolved", "time": "t"},
    "controls": [control("final", "rad/us", -30, 60), control("t", "us", 0, 4)],
}


def values(
    system: dict[str, Any],
    points: Any,
    *observables: str,
    method: str = "evolution",
    backend: str = "exact",
    **changes: Any,
) -> np.ndarray:
    asked = Experiment(
        system=system,
        method=method,
        controls=tuple(entry["name"] for entry in system["controls"]),
        points=np.array(points, dtype=np.float64),
        observables=observables,
        **changes,
    )
    result = registry.get(backend).submit(asked, RunOptions(), token="t")
    assert isinstance(result, Result)
    return result.values


class Reference:
    """Dense matrices of an array at given places, um."""

    def __init__(self, places: np.ndarray) -> None:
        atoms = len(places)
        self.x = sum(on(X, q, qubits=atoms) for q in range(atoms))
        self.y = sum(on(Y, q, qubits=atoms) for q in range(atoms))
        self.n = sum(on(N, q, qubits=atoms) for q in range(atoms))
        self.pairs: Any = np.zeros((2**atoms, 2**atoms))
        for i in range(atoms):
            for j in range(i):
                coupling = C6 / np.linalg.norm(places[i] - places[j]) ** 6
                self.pairs = self.pairs + coupling * on(N, i, j, qubits=atoms)

    def matrix(self, rabi: float, detuning: float, phase: float = 0.0) -> np.ndarray:
        drive = np.cos(phase) * self.x - np.sin(phase) * self.y
        return np.asarray(rabi / 2 * drive - detuning * self.n + self.pairs)

    def swept(self, drive: Any, edges: list[float]) -> np.ndarray:
        """State after a drive ``time -> rabi, detuning, phase``, smooth between the edges."""
        state = np.zeros(len(self.pairs), dtype=np.complex128)
        state[0] = 1.0
        for low, high in pairwise(edges):
            inside = [low + 1e-12, high - 1e-12]

            def slope(now: float, psi: np.ndarray, inside: Any = inside) -> np.ndarray:
                return np.asarray(-1j * (self.matrix(*drive(np.clip(now, *inside))) @ psi))

            run = solve_ivp(slope, (low, high), state, method="DOP853", rtol=1e-10, atol=1e-11)
            state = run.y[:, -1]
        return state


def chain(atoms: int, spacing: float) -> np.ndarray:
    return np.array([[spacing * q, 0.0] for q in range(atoms)])


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


@pytest.mark.parametrize(
    ("geometry", "atoms", "distances"),
    [
        ("chain", 3, [5, 10, 5]),
        ("ring", 4, [5, 5 * np.sqrt(2), 5, 5, 5 * np.sqrt(2), 5]),
        ("square", [2, 2], [5, 5, 5 * np.sqrt(2), 5 * np.sqrt(2), 5, 5]),
    ],
)
def test_distances_are_those_of_the_figure(
    geometry: str, atoms: Any, distances: list[float]
) -> None:
    system: Any = systems.load({**SWEEP, "geometry": geometry, "atoms": atoms, "spacing": 5})
    np.testing.assert_allclose(
        system.couplings(np.array([[0.0]]))[0], C6 / np.array(distances) ** 6
    )
    near: Any = systems.load({**system.to_dict(), "cutoff": 6})
    kept = np.where(np.array(distances) < 6, C6 / np.array(distances) ** 6, 0)
    np.testing.assert_allclose(near.couplings(np.array([[0.0]]))[0], kept)


def test_the_ground_state_is_the_lowest_level_of_the_matrix() -> None:
    static = {**SWEEP, "atoms": 5, "rabi": 6.0, "detuning": "final", "phase": 0.7}
    static.pop("state")
    found = values(static, [[-10], [25]], "energy", "gap", "density", method="ed")
    reference = Reference(chain(5, 5.5))
    for row, detuning in zip(found, (-10, 25), strict=True):
        levels, states = np.linalg.eigh(reference.matrix(6.0, detuning, 0.7))
        density = np.vdot(states[:, 0], reference.n @ states[:, 0]).real / 5
        np.testing.assert_allclose(row, [levels[0], levels[1] - levels[0], density], atol=1e-9)


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


def test_an_array_is_what_its_document_says() -> None:
    for document in (SWEEP, SINGLE, {**SWEEP, "cutoff": 9, "site_densities": True, "phase": 0.2}):
        system = systems.load(document)
        assert systems.load(system.to_dict()) == system
    names = [observable.name for observable in system.observables]
    assert names[-12:-5] == [f"density_{q}" for q in range(7)] or "density_6" in names


UNUSED = control("b", "us", 0, 1)
RISING = {"times": [0, 1, 2.0], "values": [0, 5, 0]}
BAD: list[tuple[dict[str, Any], Any, str]] = [
    ({"spacing": 0}, [[0]], "/system/spacing"),
    ({"spacing": "final"}, [[0]], "/system/controls/0/unit"),
    ({"atoms": 300}, [[0]], "/system/atoms"),
    ({"geometry": "ring", "atoms": 2}, [[0]], "/system/atoms"),
    ({"geometry": "square"}, [[0]], "/system/atoms"),
    ({"rabi": -1}, [[0]], "/system/rabi"),
    ({"rabi": {**RISING, "values": [0, -5, 0]}}, [[0]], "/system/rabi/values/1"),
    ({"rabi": {**RISING, "values": [0, 5]}}, [[0]], "/system/rabi/values"),
    ({"rabi": {**RISING, "times": [0, 2, 1.0]}}, [[0]], "/system/rabi/times/2"),
    ({"rabi": {**RISING, "times": [0.5, 1, 2.0]}}, [[0]], "/system/rabi/times/0"),
    ({"rabi": {**RISING, "times": [0, 1, 1.9]}}, [[0]], "/system/detuning/times/3"),
    ({"rabi": {"times": [0, "2 + final", 2.0], "values": [0, 5, 0]}}, [[0]], "/points/0"),
    ({"rabi": "final * 2"}, [[3], [-3]], "/points/1"),
    ({"rabi": {**RISING, "shape": "gauss"}}, [[0]], "/system/rabi/shape"),
    ({"c6": 0}, [[0]], "/system/c6"),
    ({"cutoff": -3}, [[0]], "/system/cutoff"),
    ({"state": {"kind": "ground"}}, [[0]], "/system/state"),
    ({"state": {"kind": "evolved", "time": 3}}, [[0]], "/points/0"),
    ({"positions": [[0, 0]]}, [[0]], "/system/positions"),
    ({"geometry": "custom"}, [[0]], "/system/atoms"),
    ({"controls": [*SWEEP["controls"], UNUSED]}, [[0, 0]], "/system/controls/1/name"),
    ({"controls": [control("final", "MHz", 0, 1)]}, [[0]], "/system/controls/0/unit"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "points", "field"), BAD)
def test_arrays_that_cannot_be_are_refused_at_once(
    changes: dict[str, Any], points: Any, field: str
) -> None:
    system = {**SWEEP, **changes}
    asked = Experiment(
        system=system,
        method="evolution",
        controls=tuple(entry["name"] for entry in system["controls"]),
        points=np.array(points, dtype=np.float64),
        observables=("density",),
    )
    started = time.perf_counter()
    with pytest.raises(ProgramRejected, match="allowed") as rejected:
        registry.get("exact").check(asked, RunOptions())
    assert rejected.value.field == field
    assert time.perf_counter() - started < 0.1


def test_atoms_on_top_of_each_other_are_named() -> None:
    custom = {**SWEEP, "geometry": "custom", "positions": [[0, 0], [4, 0], ["final", 0]]}
    custom.pop("atoms"), custom.pop("spacing")
    with pytest.raises(ProgramRejected, match="final stands for"):
        systems.load(custom)
    custom["positions"][2][0] = "0 * final"
    with pytest.raises(ProgramRejected, match="atoms 0 and 2 are 0 um apart; allowed: at least"):
        systems.load(custom).check_points([[1.0]])


def test_the_largest_array_at_many_points_is_checked_in_little_memory() -> None:
    """256 atoms have 32 640 pairs: at 1000 points 0.26 GB if all distances were held at once."""
    places = [[0.5 + 4 * (q % 16), f"4 * {q // 16} + 0.001 * final"] for q in range(255)]
    big = {**SWEEP, "geometry": "custom", "positions": [*places, [61, "final + 60"]]}
    big.pop("atoms"), big.pop("spacing")
    array = systems.load(big)
    assert systems.load(array.to_dict()) == array
    points = np.linspace(4, 60, 1000)[:, None]
    tracemalloc.start()
    array.check_points(points)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 100e6
    with pytest.raises(ProgramRejected, match="atoms 239 and 255 are") as rejected:
        array.check_points([[10], [-4]])
    assert rejected.value.field == "/points/1"
