"""What a policy's artifact says of itself, as names and values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qtwin.training.models import Policy

SHOWN = ("shape", "learner", "seed", "hyperparameters", "training", "world", "world_kind")
MOST = 80


def policy_facts(policy: Policy) -> list[tuple[str, str]]:
    """Those of `SHOWN` that it has, nested ones by their path."""
    facts = policy.facts if isinstance(policy.facts, Mapping) else {}
    rows = [row for name in SHOWN if name in facts for row in _rows(name, facts[name])]
    return [(name.replace("_", " ").capitalize(), said) for name, said in rows]


def _rows(name: str, value: Any) -> list[tuple[str, str]]:
    if isinstance(value, Mapping):
        return [row for key, one in value.items() for row in _rows(f"{name} {key}", one)]
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return [(name, f"{text[:MOST]}…" if len(text) > MOST else text)] if text else []
