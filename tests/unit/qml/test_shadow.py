"""Classical shadows against exact overlaps of states."""

from __future__ import annotations

import numpy as np
import pytest
from qiskit.quantum_info import random_statevector, state_fidelity

from qtwin.qml.shadow import Shadow, shadow_kernel, snapshots, state_overlap

STATES = [random_statevector(4, seed=seed) for seed in (1, 2)]


def _taken(state: int, count: int, seed: int) -> Shadow:
    return snapshots(np.asarray(STATES[state]), count, np.random.default_rng(seed))


def test_the_overlap_scatters_around_qiskits_fidelity_by_its_errors() -> None:
    exact = state_fidelity(*STATES)
    found = [state_overlap(_taken(0, 150, seed), _taken(1, 150, seed + 500)) for seed in range(120)]
    z = np.array([(value - exact) / std for value, std in found])
    assert abs(z.mean()) < 0.35
    assert np.sqrt(np.mean(z**2)) == pytest.approx(1, abs=0.2)


def test_each_basis_reads_its_own_eigenstates() -> None:
    states = [np.array([1, 1]), np.array([1, 1j]), np.array([1, 0])]
    product = np.kron(np.kron(states[0], states[1]), states[2]) / 2
    taken = snapshots(product.astype(np.complex128), 300, np.random.default_rng(6))
    own = taken.bases == np.array([0, 1, 2])
    assert not taken.bits[own].any()
    assert taken.bits[~own].mean() == pytest.approx(0.5, abs=0.1)


def test_snapshots_of_one_qubit_are_paired_by_hand() -> None:
    a = Shadow(
        bases=np.array([[2], [0]], dtype=np.uint8), bits=np.array([[0], [1]], dtype=np.uint8)
    )
    b = Shadow(
        bases=np.array([[2], [2]], dtype=np.uint8), bits=np.array([[0], [1]], dtype=np.uint8)
    )
    assert state_overlap(a, b)[0] == pytest.approx((5 - 4 + 0.5 + 0.5) / 4)
    closed = np.exp(0.7 * np.mean(np.exp(0.3 * np.array([5, -4, 0.5, 0.5]))))
    assert shadow_kernel([a], [b], tau=0.7, gamma=0.3)[0, 0] == pytest.approx(closed)


def test_the_kernel_of_one_list_is_positive_semidefinite() -> None:
    shadows = [_taken(seed % 2, 20, seed) for seed in range(6)]
    kernel = shadow_kernel(shadows, shadows)
    assert kernel == pytest.approx(kernel.T)
    assert np.linalg.eigvalsh(kernel).min() > -1e-9 * kernel.max()


def test_other_arrays_are_no_shadow() -> None:
    with pytest.raises(ValueError, match="allowed: bases 0, 1, 2"):
        Shadow(bases=np.array([[3]], dtype=np.uint8), bits=np.array([[0]], dtype=np.uint8))
    with pytest.raises(ValueError, match="allowed: \\(T, n\\)"):
        Shadow(bases=np.zeros((2, 2), dtype=np.uint8), bits=np.zeros((2, 1), dtype=np.uint8))
