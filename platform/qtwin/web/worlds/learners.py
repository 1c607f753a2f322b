"""What learners are called."""

from __future__ import annotations

NAMES = {
    "cma_es": "CMA-ES",
    "bayesian": "Bayesian optimisation",
    "grape": "GRAPE, by gradients",
    "ppo": "PPO",
    "sac": "SAC",
    "random": "Random search",
}


def learner_name(kind: str) -> str:
    """In words; one that is not known by its own."""
    return NAMES.get(kind, kind.replace("_", " "))
