"""Running circuits of a recorded device whose waiting qubits have noise.

Shapes use ``R`` for points, ``B`` for nodes of the detuning and ``T`` for angles.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from backends.schema.experiment import FloatArray
from backends.simulators.device import engine
from backends.simulators.execution import Batch, Counts, sample
from backends.simulators.idle import Idle
from backends.simulators.schedule import Scheduled, scheduled

if TYPE_CHECKING:
    from qiskit_aer import AerSimulator

IntArray = NDArray[np.int64]


def sampled(
    batches: Sequence[Batch],
    *,
    name: str,
    used: tuple[int, ...],
    idle: Idle,
    sequence: str,
    shots: int,
    seed: int,
) -> list[list[Counts]]:
    """Counts of each batch at each of its rows.

    Each shot takes one of the nodes at random. The simulator gives as many shots at every node as
    the luckiest one needs; of these the needed ones are drawn without replacement.
    """
    simulator = engine(name, used)
    if not idle.any:
        return sample(simulator, batches, shots=shots, seed=seed)
    made = [
        scheduled(
            batch.circuit,
            name=name,
            used=used,
            idle=idle,
            sequence=sequence,
            first=batch.angles.shape[1],
        )
        for batch in batches
    ]
    # Without a wait that turns all nodes are one circuit.
    turning = [index for index, one in enumerate(made) if one.waits]
    still = [index for index, one in enumerate(made) if not one.waits]
    plain = [Batch(made[index].circuit, batches[index].angles) for index in still]
    counts: list[list[Counts]] = [[] for _ in batches]
    if still:
        for index, seen in zip(
            still, sample(simulator, plain, shots=shots, seed=seed), strict=True
        ):
            counts[index] = seen
    if turning:
        chosen = [(batches[index], made[index]) for index in turning]
        turns = idle.turns(len(used))
        for index, seen in zip(
            turning, _over_nodes(simulator, chosen, turns, shots=shots, seed=seed), strict=True
        ):
            counts[index] = seen
    return counts


def _over_nodes(
    simulator: AerSimulator,
    chosen: Sequence[tuple[Batch, Scheduled]],
    turns: FloatArray,
    *,
    shots: int,
    seed: int,
) -> list[list[Counts]]:
    random = np.random.default_rng((seed, 1))
    shares = [_shares(len(batch.angles), len(turns), shots, random) for batch, _ in chosen]
    wide = [
        _at_nodes(batch, made, turns, share)
        for (batch, made), share in zip(chosen, shares, strict=True)
    ]
    most = max(int(share.max()) for share in shares)
    seen = sample(simulator, wide, shots=most, seed=seed)
    return [_pooled(one, share, random) for one, share in zip(seen, shares, strict=True)]


def _shares(rows: int, nodes: int, shots: int, random: np.random.Generator) -> IntArray:
    """Shots of each row at each node, shape ``(R, B)``."""
    return random.multinomial(shots, np.full(nodes, 1 / nodes), size=rows)


def _at_nodes(batch: Batch, made: Scheduled, turns: FloatArray, share: IntArray) -> Batch:
    """One row for each row and node that has shots, with the angles of its waits."""
    rows, nodes = np.nonzero(share)
    qubits = [qubit for qubit, _ in made.waits]
    seconds = np.array([time for _, time in made.waits])
    waiting = turns[nodes][:, qubits] * seconds
    return Batch(made.circuit, np.concatenate([batch.angles[rows], waiting], axis=1))


def _pooled(
    seen: Sequence[Mapping[str, int]], share: IntArray, random: np.random.Generator
) -> list[Counts]:
    """Counts of each row over its nodes."""
    pooled: list[Counts] = [{} for _ in share]
    for row, node, counts in zip(*np.nonzero(share), seen, strict=True):
        outcomes = sorted(counts)
        drawn = random.multivariate_hypergeometric(
            [counts[one] for one in outcomes], int(share[row, node])
        )
        for outcome, times in zip(outcomes, drawn.tolist(), strict=True):
            if times:
                pooled[row][outcome] = pooled[row].get(outcome, 0) + times
    return [dict(sorted(one.items())) for one in pooled]
