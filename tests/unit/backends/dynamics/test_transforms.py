"""Hadamard transforms in a few products are those of every qubit."""

from __future__ import annotations

from functools import reduce

import numpy as np
import pytest
from scipy.linalg import hadamard

from backends.dynamics.model import MANY, Model


@pytest.mark.parametrize("trajectories", [1, MANY])
@pytest.mark.parametrize("qubits", range(1, 10))
def test_factors_make_the_whole_transform(qubits: int, trajectories: int) -> None:
    size = 1 << qubits
    model = Model(qubits=qubits, diagonals=np.zeros((1, size)), groups=((0,),))
    pairs = model.hadamards(np.dtype(np.float64), trajectories)
    there, back = (reduce(np.kron, [pair[way] for pair in pairs]) for way in (0, 1))
    assert np.array_equal(there, hadamard(size))
    assert np.array_equal(there @ back, np.eye(size))


def test_a_batch_of_many_is_transformed_in_smaller_products() -> None:
    model = Model(qubits=7, diagonals=np.zeros((1, 128)), groups=((0,),))
    few, many = (model.hadamards(np.dtype(np.float32), count) for count in (MANY - 1, MANY))
    assert [len(one) for one, _ in few] == [16, 8]
    assert [len(one) for one, _ in many] == [8, 4, 4]
