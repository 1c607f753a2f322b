"""Take the best run per cost again and again, believing each, until the goal is met."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qtwin.fusion.base import FloatArray
from qtwin.fusion.planner.goal import Goal
from qtwin.fusion.planner.rules import Ledger, Rules, judge
from qtwin.fusion.planner.scene import Scene

LONGEST = 100
"""Runs that one plan looks ahead."""

LEAST = 1e-4
"""Gain of a run that is worth a thought, as a part of what is left to gain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rival:
    """The best run of another source, and its gain per cost."""

    candidate: int
    rate: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One run of a walk.

    Attributes:
        candidate: Row of the candidates.
        option: Column, a shot count.
        cost: Of the run.
        before: Sigma before it.
        after: Sigma after it.
        rate: Expected gain per cost.
        rival: The next best source, if any is allowed.
        because: The rule that demanded a reference, if one did.
    """

    candidate: int
    option: int
    cost: float
    before: float
    after: float
    rate: float
    rival: Rival | None
    because: str


def walk(
    scene: Scene, goal: Goal, rules: Rules, ledger: Ledger, *, dimensions: int
) -> tuple[Move, ...]:
    """Runs until the budget is spent, the target reached, or nothing more is to be learned."""
    left = np.inf if goal.budget is None else goal.budget
    taken: dict[int, float] = {}
    moves: list[Move] = []
    sigma = scene.sigma()
    while len(moves) < LONGEST and (goal.target is None or sigma > goal.target):
        verdict = judge(
            scene.candidates,
            taken,
            ledger,
            rules=rules,
            left=left,
            c2=scene.c2,
            dimensions=dimensions,
        )
        gain = scene.gain()
        worth = verdict.allowed & (gain > LEAST * scene.whole())
        if not worth.any():
            break
        rate = np.where(worth, gain / scene.candidates.cost, -np.inf)
        candidate, option = _best(rate)
        cost = float(scene.candidates.cost[candidate, option])
        scene = scene.believing(candidate, option)
        before, sigma = sigma, scene.sigma()
        moves.append(
            Move(
                candidate=candidate,
                option=option,
                cost=cost,
                before=before,
                after=sigma,
                rate=float(rate[candidate, option]),
                rival=_rival(rate, candidate, scene.candidates.names),
                because=verdict.because,
            )
        )
        left -= cost
        _book(ledger, scene, candidate, cost, new=candidate not in taken)
        taken[candidate] = cost
    return tuple(moves)


def _book(ledger: Ledger, scene: Scene, candidate: int, cost: float, *, new: bool) -> None:
    reference = bool(scene.candidates.reference[candidate])
    ledger.pay(scene.candidates.names[candidate], cost, reference=reference)
    ledger.references += int(reference and new and not scene.candidates.known[candidate])


def _best(rate: FloatArray) -> tuple[int, int]:
    """The first of the best, ties within rounding included: no order of rows decides."""
    best = float(rate.max())
    near: NDArray[np.bool_] = rate >= best - 1e-9 * abs(best) if np.isfinite(best) else rate == best
    candidate, option = np.argwhere(near)[0]
    return int(candidate), int(option)


def _rival(rate: FloatArray, chosen: int, names: tuple[str, ...]) -> Rival | None:
    other = np.array([name != names[chosen] for name in names])
    best = np.where(other, rate.max(axis=1), -np.inf)
    candidate = int(np.argmax(best))
    if not best[candidate] > 0.0:
        return None
    return Rival(candidate=candidate, rate=float(best[candidate]))
