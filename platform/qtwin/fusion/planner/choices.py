"""The best next run of each source, beside the one that a plan recommends."""

from __future__ import annotations

import numpy as np

from qtwin.fusion.base import FloatArray
from qtwin.fusion.planner.plan import Choice
from qtwin.fusion.planner.reason import Labels
from qtwin.fusion.planner.scene import Scene
from qtwin.fusion.planner.walk import Move

MOST = 12
"""Choices of one plan."""


def choices_of(
    scene: Scene, first: Move, labels: Labels, *, grid: FloatArray, budget: float | None
) -> tuple[Choice, ...]:
    """The first move of a plan, then the best run of each other source by its gain per cost.

    The rules on the mix of runs do not count here: a person chooses. Left out are sources whose
    every run is above the budget, or was made already without an error.

    Args:
        scene: Before any run.
        first: What the plan recommends.
        labels: Names of the knobs.
        grid: Where the curve is judged, canonical units, shape ``(M, D)``.
        budget: Most that a run may cost.
    """
    candidates = scene.candidates
    allowed = candidates.cost <= (np.inf if budget is None else budget * (1.0 + 1e-12))
    allowed &= ~(candidates.exact() & candidates.known)[:, None]
    rate = np.where(allowed, scene.gain() / candidates.cost, -np.inf)
    names = np.array(candidates.names)
    found = [(first.candidate, first.option)]
    for name in sorted(set(candidates.names) - {candidates.names[first.candidate]}):
        own = np.where((names == name)[:, None], rate, -np.inf)
        candidate, option = np.unravel_index(int(np.argmax(own)), own.shape)
        if np.isfinite(own[candidate, option]):
            found.append((int(candidate), int(option)))
    best, *others = [(place, float(rate[place])) for place in found]
    others.sort(key=lambda one: -one[1])
    return tuple(
        _choice(scene, candidate, option, rate=value, labels=labels, grid=grid)
        for (candidate, option), value in [best, *others][:MOST]
    )


def _choice(
    scene: Scene, candidate: int, option: int, *, rate: float, labels: Labels, grid: FloatArray
) -> Choice:
    candidates = scene.candidates
    name, x = candidates.names[candidate], candidates.x[candidate]
    here = int(np.argmin(np.sum(((grid - x) / np.maximum(np.ptp(grid, axis=0), 1e-300)) ** 2, 1)))
    after = scene.believing(candidate, option)
    return Choice(
        source=name,
        at=tuple(float(value) for value in x),
        knobs=labels.knobs(name, candidates.settings[candidate]),
        shots=int(candidates.shots[candidate, option]) or None,
        cost=float(candidates.cost[candidate, option]),
        sigma_before=scene.sigma(),
        sigma_after=after.sigma(),
        here_before=scene.sigma_at(here),
        here_after=after.sigma_at(here),
        gain_per_cost=max(rate, 0.0),
    )
