"""What a probe is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qtwin.health.parts import PARTS

FINE = "ok"


def told(problems: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
    """Status and document.

    Args:
        problems: Of each part by its name; empty for none.
    """
    parts = {part.name: problems[part.name] or FINE for part in PARTS}
    if any(problems[part.name] for part in PARTS if part.needed):
        return 503, {"status": "not ready", "parts": parts}
    degraded = any(problems.values())
    return 200, {"status": "degraded" if degraded else "ready", "parts": parts}
