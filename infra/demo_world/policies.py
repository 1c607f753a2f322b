"""Every policy on every stage, on as many cores as are given.

A job is one seed: it trains both policies, and plays them. Results depend on nothing but the seed.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from infra.demo_world.chain import PATTERN, Chain
from infra.demo_world.machine import measured
from infra.demo_world.options import Options
from infra.demo_world.registered import registration
from infra.demo_world.searching import searched
from infra.demo_world.training import trained
from qtwin.worlds.control.schedule import Schedule
from qtwin.worlds.posterior import Posterior, dump_posterior, read_posterior

PLAYED = 77
"""Seed of the truths of the randomised stage, which all policies share."""
LINEAR, SEARCHED = "linear sweep", "CMA-ES, nominal"
NOMINAL, RANDOMISED = "nominal", "randomised"
QUICK_SEEDS, SEARCH_SEED = 2, 101


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """One policy on the stages.

    Attributes:
        nominal: Probability of the pattern on the nominal model.
        randomised: Of each truth, the probability of the pattern.
        read: Of each truth, the probability to read it.
        counts: On each day, how many shots read it.
        schedule: Its document.
    """

    title: str
    seed: int
    nominal: float
    randomised: list[float]
    read: list[float]
    counts: list[int]
    schedule: dict[str, Any]


def policies(posterior: Posterior, options: Options, told: Callable[[str], None]) -> list[Played]:
    """Those of all registered seeds; the linear sweep, and what CMA-ES makes of it."""
    seeds = registration().seeds[: QUICK_SEEDS if options.quick else None]
    chain = Chain(posterior=posterior)
    linear, start, stop = chain.best_linear()
    told(f"The linear sweep goes from {start:g} to {stop:g} rad/us.")
    tasks: list[tuple[str, int]] = [(LINEAR, 0), (SEARCHED, SEARCH_SEED)]
    tasks += [(title, seed) for seed in seeds for title in (NOMINAL, RANDOMISED)]
    blob, document = dump_posterior(posterior), linear.to_dict()
    with ProcessPoolExecutor(options.workers) as pool:
        running = [
            pool.submit(_played, blob, document, title, seed, options) for title, seed in tasks
        ]
        found = []
        for one in running:
            found.append(one.result())
            told(f"{found[-1].title}, seed {found[-1].seed}: nominal {found[-1].nominal:.3f}")
    return found


def _played(
    blob: bytes, document: dict[str, Any], title: str, seed: int, options: Options
) -> Played:
    chain, linear = Chain(posterior=read_posterior(blob)), Schedule.parse(document)
    schedule = linear
    if title == SEARCHED:
        schedule = searched(chain, linear, seed, episodes=options.episodes)
    elif title != LINEAR:
        members = options.members if title == RANDOMISED else 0
        schedule, _ = trained(chain, linear, seed, members=members, evaluations=options.evaluations)
    there, read = chain.randomised(schedule, options.draws, PLAYED)
    system = chain.system(schedule)
    noise = 2 * seed + (title == RANDOMISED)
    counts = [measured(system, PATTERN, day, noise) for day in range(options.days)]
    return Played(
        title=title,
        seed=seed,
        nominal=chain.nominal(schedule),
        randomised=np.asarray(there).tolist(),
        read=np.asarray(read).tolist(),
        counts=counts,
        schedule=schedule.to_dict(),
    )
