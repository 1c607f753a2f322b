"""What may be erased when: small batches, each in a transaction of its own.

Nothing is evidence here but raw payloads, and those go only where an installation says so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from django.conf import settings
from django.utils import timezone

from qtwin.accounts.services.audit import calls_forget
from qtwin.retention.payloads import orphans_discard, payloads_erase

Erase = Callable[[datetime, int], int]
BATCH, BATCHES = 500, 20
"""Rows of a batch, and batches of a task: what is left waits for the next one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One kind of thing that may go.

    Attributes:
        days: Name of the setting; 0 days keep it for ever.
        erase: Erases some that are older than a moment, at most so many; says how many.
    """

    name: str
    days: str
    erase: Erase

    @property
    def id(self) -> UUID:
        """What a hint names it by."""
        return uuid5(NAMESPACE_URL, f"urn:qtwin:retention:{self.name}")


RULES = (
    Rule(name="calls", days="KEEP_CALLS_DAYS", erase=calls_forget),
    Rule(name="payloads", days="KEEP_PAYLOADS_DAYS", erase=payloads_erase),
    Rule(name="orphans", days="KEEP_PAYLOADS_DAYS", erase=orphans_discard),
)


def rules_due() -> list[UUID]:
    """Ids of the rules that erase anything here."""
    return [rule.id for rule in RULES if getattr(settings, rule.days)]


def rule_apply(rule_id: UUID | str) -> int:
    """Erase what one rule lets go, as much as a task should; how much.

    Others may do it at the same time.
    """
    rule = next((one for one in RULES if str(one.id) == str(rule_id)), None)
    days = 0 if rule is None else int(getattr(settings, rule.days))
    if rule is None or not days:
        return 0
    before, erased = timezone.now() - timedelta(days=days), 0
    for _ in range(BATCHES):
        some = rule.erase(before, BATCH)
        erased += some
        if some < BATCH:
            break
    return erased
