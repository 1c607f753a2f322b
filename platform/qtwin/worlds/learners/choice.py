"""Which policy a training ends with: the best of a few on episodes that none was trained on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from qtwin.fusion.base import FloatArray
from qtwin.worlds.base import World
from qtwin.worlds.learners.truths import Truths
from qtwin.worlds.policies.policy import Policy
from qtwin.worlds.policies.rollout import rollout
from qtwin.worlds.transfer.intervals import student

FINALISTS = 3
"""The favourite, the best seen in training, and the start."""


def chosen(
    world: World,
    policy: Policy,
    finalists: Mapping[str, FloatArray],
    truths: Truths,
    *,
    generations: int,
    evaluations: int,
    stopped: str,
) -> tuple[Policy, dict[str, Any]]:
    """The policy of a training that ended, and what the finalists earned on held-out episodes.

    The one with the highest mean return; the first of equals. Its mean is that of the best of
    several and so flatters a little.

    Args:
        policy: Whose shape and provenance it takes over.
        evaluations: Of the generations.
        stopped: Why the training ended.
    """
    episodes = truths.of_choice()
    outcomes = rollout(
        world,
        policy,
        episodes.draws,
        seed=episodes.seed,
        truth=episodes.truth,
        parameters=np.array(list(finalists.values())),
    )
    rows = {}
    for name, returns in zip(finalists, outcomes.returns, strict=True):
        found = student(returns)
        rows[name] = {"mean": found.value, "lower": found.lower, "upper": found.upper}
    best = max(rows, key=lambda name: rows[name]["mean"])
    facts = {"chosen": best, "finalists": rows, "episodes": episodes.count}
    training = {
        "evaluations": evaluations + outcomes.returns.size,
        "generations": generations,
        "stopped": stopped,
        "choice": facts,
        **truths.facts(),
    }
    provenance = replace(policy.provenance, training=training)
    return replace(
        policy,
        parameters=np.array(finalists[best], dtype=np.float64),
        provenance=provenance,
    ), facts
