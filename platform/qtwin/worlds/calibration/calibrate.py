"""Hamiltonian learning: the posterior of a machine's parameters from what it measured.

Rounds of exact dynamics on a design and of sampling on the polynomial through them; each round's
design lies where the one before found the parameters. The last round draws several independent
populations, whose agreement is reported, and recomputes some draws exactly. One seed gives one
posterior. Shapes use ``N`` for draws, ``K`` for parameters.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from backends.systems import load
from qtwin.worlds.calibration.data import CalibrationData
from qtwin.worlds.calibration.model import Model
from qtwin.worlds.calibration.parameters import (
    calibratable,
    check_priors,
    parameters_of,
    priors_of,
)
from qtwin.worlds.calibration.priors import Prior
from qtwin.worlds.calibration.report import facts
from qtwin.worlds.calibration.smc import Population, sample
from qtwin.worlds.posterior import Posterior


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How much is computed.

    Attributes:
        particles: Of each population.
        populations: Independent ones of the last round, two at least.
        moves: Metropolis steps of each particle at each step of a ladder.
        rounds: Designs of exact dynamics.
        checked: Draws whose likelihood is computed exactly at the end.
    """

    particles: int = 512
    populations: int = 4
    moves: int = 8
    rounds: int = 3
    checked: int = 8


FULL = Effort()
QUICK = Effort(particles=256, populations=2, moves=5, rounds=2, checked=4)


def calibrate(
    system: Mapping[str, Any],
    data: CalibrationData,
    priors: Mapping[str, Prior] | None = None,
    seed: int = 0,
    *,
    effort: Effort = FULL,
    on_progress: Callable[[str], None] | None = None,
) -> Posterior:
    """Learn the parameters of a driven system.

    Args:
        system: Its document: a rydberg_array, or a spin_lattice of the model ising, evolved.
        data: What its devices gave.
        priors: By parameter; others stay at their nominal values. None takes `priors_of`.
        on_progress: Is told a sentence now and then.

    Returns:
        A posterior of the parameters that have a prior; its facts hold the priors, the evidence's
        digest, the discrepancy and the sampler's diagnostics.

    Raises:
        ProgramRejected: Names the field, its value and the allowed values.
        NotTempered: The likelihood is finite nowhere.
    """
    loaded = calibratable(load(system))
    wanted = dict(priors_of(loaded) if priors is None else priors)
    check_priors(loaded, wanted)
    model = Model.of(loaded, data, wanted)
    model, populations, missed = _rounds(model, seed, effort, on_progress or _silent)
    scores = np.stack([population.scores for population in populations])
    draws = model.values(scores.reshape(-1, scores.shape[2]))
    nominal = {one.name: one.nominal for one in parameters_of(loaded)}
    units = {one.name: one.unit for one in parameters_of(loaded)}
    return Posterior(
        names=tuple(wanted),
        units=tuple(units[name] for name in wanted),
        draws=draws,
        nominal=np.array([nominal[name] for name in wanted]),
        facts=facts(model, populations, seed, missed),
    )


def _rounds(
    model: Model, seed: int, effort: Effort, told: Callable[[str], None]
) -> tuple[Model, list[Population], float]:
    """Designs, the last populations, and how far the polynomial misses the log-likelihood."""
    rng = np.random.default_rng(seed)
    for number in range(1, effort.rounds):
        told(f"round {number} of {effort.rounds}")
        model = model.refined(seed + number)
        model = model.towards(_population(model, rng, effort).scores)
    told(f"round {effort.rounds} of {effort.rounds}")
    model = model.refined(seed + effort.rounds)
    found = [_population(model, rng, effort) for _ in range(effort.populations)]
    some = found[0].scores[:: max(1, effort.particles // effort.checked)]
    return model, found, model.missed(some)


def _population(model: Model, rng: np.random.Generator, effort: Effort) -> Population:
    return sample(
        model.log_likelihood,
        rng,
        particles=effort.particles,
        dimensions=len(model.priors) + 1,
        moves=effort.moves,
    )


def _silent(sentence: str) -> None:
    """Tell nobody."""
