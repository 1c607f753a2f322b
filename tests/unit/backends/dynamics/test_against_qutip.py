"""The same experiments by QuTiP, by Braket's simulator and by closed forms."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backends import systems
from backends.dynamics import evolve
from backends.dynamics.ising import Ising
from backends.dynamics.pulses import Pulses
from backends.dynamics.rydberg import Rydberg, waveforms
from tests.unit.backends.rydberg.arrays import SWEEP

TIMES = np.array([0.0, 0.2, 0.8, 1.0])
LASER = {"rabi": [0, 15, 15, 0], "detuning": [-20, -20, 30, 30.0]}
EXACT = {"method": "vern9", "atol": 1e-12, "rtol": 1e-10, "nsteps": 10**6, "progress_bar": ""}


def array(atoms: int, **kinds: Any) -> Rydberg:
    system: Any = systems.load({**SWEEP, "atoms": atoms, "spacing": 6.2})
    return Rydberg.of(system, [0.0], **kinds)


def on(operator: Any, site: int, sites: int) -> Any:
    import qutip

    one = [operator if site == place else qutip.qeye(2) for place in range(sites)]
    return qutip.tensor(one[::-1])


def by_qutip(
    terms: list[Any], start: Any, times: Any = TIMES, jumps: Any = (), **kinds: Any
) -> Any:
    """``(operator, values at the times)``, linear in between."""
    import qutip

    parts = [
        [operator, qutip.coefficient(np.array(values) + 0j, tlist=times, order=1)]
        for operator, values in terms
    ]
    sites = int(np.log2(len(start)))
    state = qutip.Qobj(start, dims=[[2] * sites, [1] * sites])
    if jumps:
        return (
            qutip.mesolve(parts, state, times, c_ops=list(jumps), options=EXACT | kinds)
            .states[-1]
            .full()
        )
    return qutip.sesolve(parts, state, times, options=EXACT | kinds).states[-1].full()[:, 0]


def rydberg_terms(driven: Rydberg, couplings: Any, detunings: Any, scale: float = 1.0) -> list[Any]:
    import qutip

    atoms = driven.system.qubits
    number = [on(qutip.basis(2, 1).proj(), atom, atoms) for atom in range(atoms)]
    first, second = np.triu_indices(atoms, 1)
    energy = sum(
        c * number[i] * number[j] for c, i, j in zip(couplings, first, second, strict=True)
    )
    energy -= sum(d * n for d, n in zip(detunings, number, strict=True))
    return [
        (energy, np.ones(len(TIMES))),
        (sum(number), -np.array(LASER["detuning"])),
        (
            sum(on(qutip.sigmax(), atom, atoms) for atom in range(atoms)),
            scale / 2 * np.array(LASER["rabi"]),
        ),
    ]


def test_a_disordered_array_is_that_of_qutip() -> None:
    driven = array(4, resolved=True)
    parameters: dict[str, Any] = {
        "rabi_scale": np.array([1.0, 1.05]),
        "detuning_offset": 1.5,
        "site_detuning": 2.0,
        "position_jitter": 0.1,
    }
    frozen = driven.frozen(parameters, 2, np.random.default_rng(1))
    terms = driven.terms(LASER, parameters, frozen)
    found = evolve(
        driven.model, driven.start, terms.weights, terms.drives, np.diff(TIMES), tolerance=1e-7
    )
    for row, scale in enumerate(parameters["rabi_scale"]):
        given = rydberg_terms(driven, frozen.couplings[row], frozen.detunings[row] + 1.5, scale)
        np.testing.assert_allclose(found[row], by_qutip(given, driven.start), atol=1e-6)


def test_dephasing_is_that_of_a_master_equation() -> None:
    import qutip

    driven, rate, rows = array(2), 0.8, 4000
    terms = driven.terms(LASER, {})
    rng = np.random.default_rng(5)
    states = evolve(
        driven.model, driven.start, terms.weights, terms.drives, np.diff(TIMES),
        substeps=[16, 48, 16], dephasing=np.full(rows, rate), rng=rng,
    )  # fmt: skip
    jumps = [np.sqrt(rate / 2) * on(qutip.sigmaz(), atom, 2) for atom in range(2)]
    given = rydberg_terms(driven, driven.couplings, np.zeros(2))
    wanted = np.diag(by_qutip(given, driven.start, jumps=jumps)).real
    chances = np.abs(states) ** 2
    errors = chances.std(axis=0) / np.sqrt(rows)
    assert np.all(np.abs(chances.mean(axis=0) - wanted) < 4 * errors + 1e-6)
    quiet = np.abs(by_qutip(given, driven.start)) ** 2
    assert np.any(np.abs(quiet - wanted) > 20 * errors)


def test_dephasing_alone_decays_as_told_on_each_qubit() -> None:
    qubits, rows, rates = Pulses(qubits=2), 20_000, np.array([0.5, 1.5])
    terms = qubits.terms({"z0": [0, 0]}, {})
    start = np.full(4, 0.5 + 0j)
    ends = evolve(
        qubits.model, start, terms.weights, terms.drives, [0.7], substeps=2,
        dephasing=np.tile(rates, (rows, 1)), rng=np.random.default_rng(2),
    )  # fmt: skip
    density = ends.T @ ends.conj() / rows
    coherence = np.array([density[0, 1] + density[2, 3], density[0, 2] + density[1, 3]]).real
    np.testing.assert_allclose(coherence, np.exp(-0.7 * rates) / 2, atol=4 * 0.5 / np.sqrt(rows))


def test_an_array_is_that_of_brakets_simulator() -> None:
    from backends.analog import emulator

    phase = {"times": [0, 0.4, 1.0], "values": [0.3, 1.2, 1.2]}
    wave = {"times": TIMES.tolist(), "values": [0, 12, 12, 0]}
    system: Any = systems.load(
        {**SWEEP, "atoms": 2, "spacing": 6.2, "rabi": wave, "phase": phase, "controls": [],
         "detuning": {"times": TIMES.tolist(), "values": LASER["detuning"]}}
    )  # fmt: skip
    durations, controls = waveforms(system, np.empty((1, 0)))
    driven = Rydberg.of(system)
    terms = driven.terms(controls, {})
    found = evolve(
        driven.model, driven.start, terms.weights, terms.drives, durations, tolerance=1e-7
    )
    chances = np.abs(found[0]) ** 2
    errors = [
        np.abs(
            np.abs(emulator.final_state(system, np.empty(0), steps=steps, blockade_radius=0)) ** 2
            - chances
        ).max()
        for steps in (201, 401)
    ]
    # Its own error falls with the first power of its step: what is left is then not ours.
    assert errors[1] < 0.02
    assert errors[1] == pytest.approx(errors[0] / 2, rel=0.1)


def test_an_anneal_with_a_pattern_is_that_of_qutip() -> None:
    import qutip

    pattern, fields = [1.0, -2.0, 0.5], [0.5, 1.0, 1.5, 1.0]
    lattice: Any = systems.load(
        {"kind": "spin_lattice", "schema_version": 1, "model": "ising", "geometry": "chain",
         "sites": 4, "parameters": {"J": pattern, "hx": fields, "hz": 0.3}}
    )  # fmt: skip
    driven = Ising.of(lattice)
    terms = driven.terms(
        {"J": [0, 0.4, 1, 1], "hx": [2, 1, 0.5, 0]}, {"j_scale": 1.1, "hz_offset": -0.1}
    )
    times = 3 * TIMES
    found = evolve(
        driven.model, driven.start, terms.weights, terms.drives, np.diff(times), tolerance=1e-8
    )
    x, z = ([on(o, site, 4) for site in range(4)] for o in (qutip.sigmax(), qutip.sigmaz()))
    bonds = sum(-c * z[i] * z[i + 1] for i, c in enumerate(pattern))
    given = [
        (bonds, 1.1 * np.array([0, 0.4, 1, 1])),
        (sum(-c * one for c, one in zip(fields, x, strict=True)), [2, 1, 0.5, 0]),
        (sum(z), np.full(4, -0.2)),
    ]
    np.testing.assert_allclose(found[0], by_qutip(given, driven.start, times), atol=1e-6)


def test_two_qubits_are_those_of_qutip() -> None:
    import qutip

    driven = Pulses.parse({"kind": "pulses", "qubits": 2, "coupling": 6.0, "detunings": [0, 2.0]})
    waves = {"x0": [0, 3, 1, 0], "y1": [0, 5, 2, 0]}
    terms = driven.terms(
        waves, {"amplitude_scale": 1.1, "frequency_offset": -0.5, "coupling_scale": 0.9}
    )
    found = evolve(
        driven.model, driven.start, terms.weights, terms.drives, np.diff(TIMES), tolerance=1e-8
    )
    number, ones = qutip.basis(2, 1).proj(), np.ones(4)
    given = [
        (on(qutip.sigmax(), 0, 2), 0.55 * np.array(waves["x0"])),
        (on(qutip.sigmay(), 1, 2), 0.55 * np.array(waves["y1"])),
        (on(number, 0, 2), -0.5 * ones),
        (on(number, 1, 2), 1.5 * ones),
        (on(qutip.sigmaz(), 0, 2) * on(qutip.sigmaz(), 1, 2), 0.9 * 6 / 4 * ones),
    ]
    np.testing.assert_allclose(found[0], by_qutip(given, driven.start), atol=1e-6)


def test_one_atom_oscillates_as_rabi_said() -> None:
    driven = array(1)
    detunings, times = np.array([-4.0, 0.0, 3.0]), np.full(6, 0.15)
    terms = driven.terms({"rabi": np.full(7, 5.0)}, {"detuning_offset": detunings})
    states = evolve(
        driven.model, driven.start, terms.weights, terms.drives, times, every=True, tolerance=1e-9
    )
    total = np.sqrt(25 + detunings**2)[:, None]
    wanted = 25 / total**2 * np.sin(total * 0.15 * np.arange(7) / 2) ** 2
    np.testing.assert_allclose(np.abs(states[:, :, 1]) ** 2, wanted, atol=1e-9)


def test_a_sweep_through_resonance_leaves_what_landau_and_zener_said() -> None:
    qubit = Pulses(qubits=1)
    gaps, rate, half = np.array([2.0, 3.0, 4.0]), 20.0, 6.0
    terms = qubit.terms({"x0": np.outer(gaps, [1, 1]), "z0": [-rate * half, rate * half]}, {})
    ends = evolve(qubit.model, qubit.start, terms.weights, terms.drives, [2 * half], tolerance=1e-4)
    left = np.exp(-np.pi * gaps**2 / (2 * rate))
    # The sweep begins and ends at a finite distance: oscillations of about gap / (rate half).
    np.testing.assert_allclose(np.abs(ends[:, 0]) ** 2, left, atol=0.03)


def test_an_array_with_noise_of_shots_is_the_same_array_without_it() -> None:
    plain, resolved = array(4), array(4, resolved=True)
    ends = []
    for one in (plain, resolved):
        terms = one.terms(LASER, {"c6_scale": 1.02})
        drive = (terms.weights, terms.drives, np.diff(TIMES))
        ends.append(evolve(one.model, one.start, *drive, substeps=40))
    np.testing.assert_allclose(ends[0], ends[1], atol=1e-12)
