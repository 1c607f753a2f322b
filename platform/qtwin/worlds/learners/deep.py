"""PPO (Schulman et al., arXiv:1707.06347) and SAC (Haarnoja et al., arXiv:1801.01290).

By stable-baselines3, which is an extra. What it learns is taken over into our own ``mlp``, number
by number; nothing of PyTorch is stored. A generation is what is played between two rows of the
curve: for a row the network, as our policy, plays episodes of its own without noise.
"""

from __future__ import annotations

import importlib
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from backends.errors import ProgramRejected
from backends.systems.document import Document
from qtwin.worlds.base import World
from qtwin.worlds.learners.budget import Budget
from qtwin.worlds.learners.document import Plan, number
from qtwin.worlds.learners.training import Progress, Training
from qtwin.worlds.policies.policy import Policy

if TYPE_CHECKING:
    from types import ModuleType

PACKAGE = "stable_baselines3"
MISSING = (
    "needs the package stable-baselines3, which is not installed; install QTwin with its extra "
    "'rl' (pip install 'qtwin[rl]') on the workers, or use cma_es, bayesian, grape or random"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeepSettings:
    """Hyperparameters; those of one of the two that the other lacks are 0 there.

    Attributes:
        environments: That step together.
        rounds: Episodes of each environment in a generation.
        learning_rate: Of Adam.
        gamma: Discount of one step.
        epochs: PPO: passes over a generation.
        batch: Transitions of one gradient.
        entropy: PPO: weight of the entropy.
        buffer: SAC: transitions that are kept.
    """

    environments: int
    rounds: int
    learning_rate: float
    gamma: float
    batch: int
    epochs: int = 0
    entropy: float = 0.0
    buffer: int = 0

    def to_dict(self) -> dict[str, Any]:
        own = ("buffer",) if self.buffer else ("epochs", "entropy")
        other = {"buffer", "epochs", "entropy"} - set(own)
        return {name: value for name, value in asdict(self).items() if name not in other}

    def asking(self, episodes: int) -> int:
        """Episodes that are played in a generation, beside those of the curve."""
        return self.environments * self.rounds


SHARED = ("environments", "rounds", "learning_rate", "gamma", "batch")


def read_ppo(document: Document, shared: tuple[str, ...]) -> DeepSettings:
    """Read the hyperparameters of PPO.

    Raises:
        ProgramRejected: Names the field, its value and the allowed values.
    """
    document.only(*shared, *SHARED, "epochs", "entropy")
    return DeepSettings(
        **_shared(document, batch=64),
        epochs=document.integer("epochs", 1, 1000, 10),
        entropy=number(document, "entropy", 0.0, 1.0, 0.0),
    )


def read_sac(document: Document, shared: tuple[str, ...]) -> DeepSettings:
    """Read the hyperparameters of SAC.

    Raises:
        ProgramRejected: Names the field, its value and the allowed values.
    """
    document.only(*shared, *SHARED, "buffer")
    return DeepSettings(
        **_shared(document, batch=256), buffer=document.integer("buffer", 100, 1_000_000, 100_000)
    )


def _shared(document: Document, *, batch: int) -> dict[str, Any]:
    return {
        "environments": document.integer("environments", 1, 1024, 16),
        "rounds": document.integer("rounds", 1, 1000, 4),
        "learning_rate": number(document, "learning_rate", 1e-7, 1.0, 1e-3),
        "gamma": number(document, "gamma", 0.0, 1.0, 0.99),
        "batch": document.integer("batch", 2, 65536, batch),
    }


def package() -> ModuleType:
    """stable-baselines3.

    Raises:
        ProgramRejected: It is not installed; says how to install it.
    """
    try:
        return importlib.import_module(PACKAGE)
    except ImportError as error:
        raise ProgramRejected(MISSING, field="/kind") from error


def learn(
    world: World,
    plan: Plan,
    policy: Policy,
    budget: Budget,
    *,
    checkpoint: bytes | None,
    on_progress: Progress,
) -> Training:
    """Train a network to the budget.

    Args:
        policy: With the shape and the provenance; its parameters are the network's first ones.
        checkpoint: From which to go on. Networks and the moments of Adam are kept; random numbers
            begin anew and SAC's transitions are gathered anew, so that what comes differs from an
            uninterrupted training.

    Raises:
        ProgramRejected: stable-baselines3 is not installed, or the budget is too small.
        ValueError: The policy is no ``mlp``, or the checkpoint is of another training.
    """
    package()
    from qtwin.worlds.learners.deep_run import DeepRun

    return DeepRun.of(world, plan, policy, budget, checkpoint).run(on_progress)
