"""Time evolution of many trajectories in one array program.

``B`` trajectories of ``n`` qubits over ``S`` slices of time; weights and drives are linear between
the two edges of a slice. The method is a splitting (`scheme`); its error is the only one besides
rounding, and the norm is kept.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from backends.dynamics.dephasing import Dephasing, draw
from backends.dynamics.model import Model
from backends.dynamics.programme import Programme
from backends.dynamics.scheme import blocks

TOLERANCE = 1e-6
SIXTH_BELOW = 3e-5
"""Tolerances below which order 6 needs fewer exponentials than order 4."""
MOST_SUBSTEPS = 200_000
SAMPLE = 4
FIRST_ANGLE = 1.0
RELIABLE = 0.05
"""Differences of states above which they say nothing about the order of the error."""
SAFETY = 0.5

Substeps = NDArray[np.int64]


def evolve(
    model: Model,
    states: Any,
    weights: Any,
    drives: Any,
    durations: Any,
    *,
    tolerance: float = TOLERANCE,
    order: int | None = None,
    substeps: Any = None,
    every: bool = False,
    dephasing: Any = None,
    rng: np.random.Generator | None = None,
    chunk: int | None = None,
) -> Any:
    """States at the end; those given are not changed.

    Args:
        states: Shape ``(B, 2**n)``; complex64 computes in single precision, whose
                rounding adds less than 1e-6 times the square root of the number of substeps.
        weights: Of the diagonals at the edges of the slices, shape ``(B, S + 1, M)``; or
            ``(B, S, 2, M)``, the start and the end of each slice, where they jump.
        drives: The same of the groups, ``x + i y``; real where there is no Y, which is faster.
        durations: Of the slices, shape ``(B, S)`` or ``(S,)``.
        tolerance: Largest error of a state at the end (2-norm) that substeps are chosen for.
        order: 4 or 6; by default what is cheaper at the tolerance.
        substeps: Of each slice, shape ``(S,)`` or one number; by default `substeps_for`. Give them
            where the same trajectory must come out the same in every batch.
        every: Return the states at all edges, shape ``(B, S + 1, 2**n)``.
        dephasing: Rate at which the coherence of each qubit decays, shape ``(B,)`` or ``(B, n)``:
            each row is then one quantum trajectory.
        rng: Draws the trajectories' phase flips.
        chunk: Trajectories that are evolved together; by default what fits in the cache.

    Returns:
        Shape ``(B, 2**n)``.

    Raises:
        ValueError: Names the argument, its value or shape and what is allowed.
    """
    noisy = dephasing is not None
    least = len(np.atleast_1d(dephasing)) if noisy else 1
    programme = Programme.of(model, states, weights, drives, durations, least=least)
    counts, order = planned(programme, substeps, tolerance, order or (4 if noisy else None))
    flips = None
    if noisy:
        if order != 4 or rng is None:
            raise ValueError("dephasing needs a rng, and order 4")
        counts += counts % 2
        flips = draw(dephasing, programme, counts, rng)
    return _run(programme, counts, order, every=every, flips=flips, chunk=chunk)


def substeps_for(
    model: Model,
    states: Any,
    weights: Any,
    drives: Any,
    durations: Any,
    *,
    tolerance: float = TOLERANCE,
    order: int | None = None,
) -> Substeps:
    """Substeps of each slice at which the error at the end is within a tolerance, shape ``(S,)``.

    Measured: a few trajectories, evenly spread over the rows, are evolved with ever twice as many
    substeps; the difference is the error of the coarser. Once it falls as the order says, the rest
    is extrapolated. Slices share one length of substep.

    Raises:
        ValueError: The tolerance needs more than `MOST_SUBSTEPS`.
    """
    programme = Programme.of(model, states, weights, drives, durations)
    return planned(programme, None, tolerance, order)[0]


def planned(
    programme: Programme, substeps: Any, tolerance: float, order: int | None
) -> tuple[Substeps, int]:
    """Substeps of each slice and the order, as `evolve` takes and chooses them."""
    if order is None:
        order = 4 if tolerance >= SIXTH_BELOW else 6
    if substeps is None:
        return _chosen(programme, tolerance, order), order
    counts = np.broadcast_to(np.asarray(substeps), (programme.slices,)).copy()
    if counts.dtype.kind not in "iu" or bool((counts < 1).any()):
        raise ValueError(f"substeps are {substeps}; allowed: integers of 1 or more")
    return counts.astype(np.int64), order


def _chosen(programme: Programme, tolerance: float, order: int) -> Substeps:
    if not tolerance > 0:
        raise ValueError(f"tolerance is {tolerance}; allowed: more than 0")
    few = programme.sample(SAMPLE)
    few = Programme(
        model=few.model, states=few.states.astype(np.complex128), weights=few.weights,
        drives=few.drives, durations=few.durations,
    )  # fmt: skip
    longest = np.asarray(few.durations.max(axis=0))
    counts, before = _counts(longest, _first_step(few, longest)), 0.0
    coarse = _run(few, counts, order)
    while True:
        fine = _run(few, 2 * counts, order)
        error = _distance(coarse, fine)
        if error <= tolerance:
            return counts
        power = np.log2(before / error) if before > 0 else 0.0
        if error < RELIABLE and power > 0.75 * order:
            finer = (error / (SAFETY * tolerance)) ** (1 / min(power, order))
            return _refined(few, _scaled(counts, finer), tolerance, order)
        coarse, before, counts = fine, error, _within(2 * counts)


def _refined(programme: Programme, counts: Substeps, tolerance: float, order: int) -> Substeps:
    """Mended by the error that is measured at them."""
    coarse, fine = (_run(programme, factor * counts, order) for factor in (1, 2))
    error = max(_distance(coarse, fine), 1e-300)
    return _scaled(counts, max((error / (SAFETY * tolerance)) ** (1 / order), 0.5))


def _scaled(counts: Substeps, factor: float) -> Substeps:
    return _within(np.maximum(1, np.ceil(counts * factor)).astype(np.int64))


def _first_step(programme: Programme, longest: Any) -> float:
    """A substep in which no qubit turns by more than about `FIRST_ANGLE`."""
    fastest = float(abs(programme.drives).max(initial=0.0))
    total = float(longest.sum())
    return min(FIRST_ANGLE / fastest, total) if fastest * total > 0 else max(total, 1e-300)


def _counts(longest: Any, step: float) -> Substeps:
    return _within(np.maximum(1, np.ceil(longest / step - 1e-9)).astype(np.int64))


def _within(counts: Substeps) -> Substeps:
    if counts.sum() > MOST_SUBSTEPS:
        raise ValueError(
            f"the tolerance needs more than {MOST_SUBSTEPS} substeps; allowed: a larger tolerance "
            "or a shorter time"
        )
    return counts


def _distance(one: Any, two: Any) -> float:
    """Largest distance of the states of one trajectory."""
    return float(np.sqrt(np.asarray((abs(one - two) ** 2).sum(axis=1)).max()))


def _run(
    programme: Programme,
    counts: Substeps,
    order: int,
    *,
    every: bool = False,
    flips: Dephasing | None = None,
    chunk: int | None = None,
) -> Any:
    xp = programme.model.xp
    plans = {count: blocks(order, count) for count in set(counts.tolist())}
    ends = []
    for rows in programme.chunks(chunk):
        states = xp.array(programme.states[rows].T, order="C")
        seen = [states.T.copy()] if every else []
        for index, count in enumerate(counts.tolist()):
            part = programme.slice_of(rows, index, count)
            for block in plans[count]:
                for action in part.actions(block):
                    states = part.advanced(states, action)
                    if flips is not None:
                        states = flips.applied(states, rows, index, action.stage)
            if every:
                seen.append(states.T.copy())
        ends.append(xp.stack(seen, axis=1) if every else states.T)
    return xp.concatenate(ends)
