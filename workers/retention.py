"""What is kept no longer, a few batches at a time."""

from __future__ import annotations

import logging

from qtwin.projects.storage import Away
from qtwin.retention.rules import rule_apply

log = logging.getLogger(__name__)


def erase(rule_id: str) -> None:
    """Erase what one rule lets go; a store that does not answer is asked again later."""
    try:
        erased = rule_apply(rule_id)
    except Away as away:
        log.warning("nothing was erased: %s", away)
        return
    if erased:
        log.info("retention %s: erased %d", rule_id, erased)
