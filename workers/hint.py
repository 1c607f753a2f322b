"""What a message may hold: one id. Whoever can write to the broker might send anything else."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from uuid import UUID

from qtwin.logs.context import about

log = logging.getLogger(__name__)


def hinted(step: Callable[[str], None]) -> Callable[[str], None]:
    """Decorates a task: takes ids only."""

    @wraps(step)
    def run(identifier: str) -> None:
        with about(task=step.__name__):
            if _is_id(identifier):
                step(identifier)
            else:
                log.warning("%s: a message that is no hint", step.__name__)

    return run


def _is_id(text: object) -> bool:
    try:
        return isinstance(text, str) and str(UUID(text)) == text
    except ValueError:
        return False
