"""What a training gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from qtwin.worlds.learners.curve import Row
from qtwin.worlds.policies.policy import Policy

ASKED = "stopped when it was asked to"

Progress: TypeAlias = Callable[[Row, bytes], bool | None]
"""Called after each generation with its row and a checkpoint; False ends the training there, with
the policy that it has. What it raises ends it without one."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Training:
    """A policy and how it came about.

    Attributes:
        policy: Chosen on episodes that it was not trained on.
        checkpoint: The last one, from which a larger budget goes on; empty where the learner has
            none.
        stopped: Why it ended, for a reader: which budget, or that it was asked to, or converged.
        evaluations: Episodes played, those of the choice among them.
        choice: Plain JSON: what the finalists earned on the held-out episodes.
    """

    policy: Policy
    curve: tuple[Row, ...]
    checkpoint: bytes
    stopped: str
    evaluations: int
    seconds: float
    choice: Mapping[str, Any]
