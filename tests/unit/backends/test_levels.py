"""Levels, and how often they occur, in blocks that are too large for dense matrices."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from backends import registry, systems
from backends.classical import basis, diagonalization
from backends.schema import Experiment, Result, RunOptions
from tests.unit.backends.asking import spins
from tests.unit.backends.conftest import MakeExperiment


def test_a_molecule_has_the_energy_of_full_configuration_interaction(
    experiment: MakeExperiment,
) -> None:
    lengths = [0.5, 0.7414, 2.2]
    found, wanted = (
        registry.get(name).submit(
            replace(experiment(method, lengths), observables=("energy", "energy_1", "gap")),
            RunOptions(),
            token="t",
        )
        for name, method in (("exact", "ed"), ("pyscf", "fci"))
    )
    assert isinstance(found, Result)
    assert isinstance(wanted, Result)
    np.testing.assert_allclose(found.values, wanted.values, atol=1e-9)


def solve(system: dict[str, Any], *names: str) -> np.ndarray:
    asked = Experiment(
        system=system,
        method="ed",
        controls=(),
        points=np.empty((1, 0)),
        observables=names,
    )
    result = registry.get("exact").submit(asked, RunOptions(), token="t")
    assert isinstance(result, Result)
    assert not result.failures
    return np.asarray(result.values[0])


def test_levels_that_occur_often_do_not_hide_the_next_ones() -> None:
    """Free spins: the level -12 + 2 k occurs C(12, k) times, all in one block of 4096 states."""
    system = spins("ising", 12, "chain", parameters={"J": 0.0, "hx": 1.0})
    found = solve(system, "energy", "energy_1", "energy_2", "gap")
    np.testing.assert_allclose(found, [-12, -10, -8, 2], atol=1e-9)


def test_every_state_of_a_level_below_the_last_is_found() -> None:
    """Plain Lanczos finds two of the twelve states with one spin turned."""
    free = systems.load(spins("ising", 12, "chain", parameters={"J": 0.0, "hx": 1.0}))
    assert isinstance(free, systems.SpinLattice)
    hamiltonian = free.hamiltonians(np.empty((1, 0)), np.zeros(1))[0]
    levels = diagonalization.lowest_levels(hamiltonian, basis.states(12, ()), wanted=3).levels
    assert [int(np.sum(np.abs(levels - level) < 1e-8)) for level in (-12, -10)] == [1, 12]


def test_separate_pairs_have_the_levels_of_a_pair() -> None:
    """``-Z Z - h (X + X)`` has -+sqrt(1 + 4 h^2) and -+1."""
    field, bonds = 0.6, [float(bond % 2 == 0) for bond in range(11)]
    system = spins("ising", 12, "chain", parameters={"J": bonds, "hx": field})
    low = np.sqrt(1 + 4 * field**2)
    found = solve(system, "energy", "energy_1", "energy_2")
    np.testing.assert_allclose(found, [-6 * low, -5 * low - 1, -4 * low - 2], atol=1e-9)


def test_a_ground_space_of_two_states_in_one_block_is_averaged() -> None:
    """A Majumdar-Ghosh ring: either state alone has singlets on every second bond only."""
    own = [{"name": f"z{q}", "pauli": {f"Z{q} Z{(q + 1) % 14}": 1.0}} for q in range(4)]
    system = spins("j1j2", 14, "ring", parameters={"j2": 0.5}, observables=own)
    energy, *along, mean = solve(system, "energy", "z0", "z1", "z2", "z3", "correlation_zz")
    assert energy == pytest.approx(-21.0, abs=1e-9)
    np.testing.assert_allclose(along, [mean] * 4, atol=1e-9)
    # Two singlet coverings of an even number of dimers, with overlap 2 (-1/2)^(N/2) = -1/64.
    assert mean == pytest.approx(-0.5, abs=0.02)


def test_a_frustrated_ring_has_the_levels_of_its_dense_block() -> None:
    """13 Heisenberg spins: momenta of both signs make each level of a block occur twice."""
    sites = 13
    states = [b for b in range(2**sites) if b.bit_count() == sites // 2]
    place = {state: index for index, state in enumerate(states)}
    block = np.zeros((len(states), len(states)))
    for state in states:
        for one, two in pairwise([*range(sites), 0]):
            if (state >> one ^ state >> two) & 1:
                block[place[state], place[state]] -= 1
                block[place[state], place[state ^ (1 << one | 1 << two)]] += 2
            else:
                block[place[state], place[state]] += 1
    levels = np.linalg.eigvalsh(block)
    assert levels[1] - levels[0] < 1e-9
    distinct = levels[np.concatenate([[True], np.diff(levels) > 1e-8])]
    found = solve(spins("heisenberg", sites, "ring"), "energy", "energy_1", "energy_2")
    np.testing.assert_allclose(found, distinct[:3], atol=1e-8)
