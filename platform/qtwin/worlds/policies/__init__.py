"""Policies: what an agent has learnt, as one flat vector of numbers with a shape.

Reading and writing them needs no environment; ``rollout`` and ``Outcomes``, which play them in one,
are in ``qtwin.worlds.policies.rollout``.
"""

from qtwin.worlds.policies.architecture import (
    Architecture,
    Linear,
    Mlp,
    OpenLoop,
    architecture_for,
)
from qtwin.worlds.policies.artifact import dump_policy, read_policy
from qtwin.worlds.policies.policy import Policy, Provenance, world_digest

__all__ = [
    "Architecture",
    "Linear",
    "Mlp",
    "OpenLoop",
    "Policy",
    "Provenance",
    "architecture_for",
    "dump_policy",
    "read_policy",
    "world_digest",
]
