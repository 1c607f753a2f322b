"""The end of a fit, under its lease."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db.models.functions import Now

from qtwin.jobs.models.job import NEVER
from qtwin.twins.models import Twin


class FitLost(Exception):
    """Another worker took the fit over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a fit took in: the project's evidence counter, and the refits that were wanted."""

    evidence: int
    refits: int


def twin_finish(twin: Twin, seen: Seen, *, rest_s: float = 0.0, problem: str = "") -> None:
    """Release the lease and say what was taken in.

    Raises:
        FitLost: If the lease was lost.
    """
    done = Twin.objects.filter(pk=twin.pk, fence=twin.fence).update(
        assimilated=seen.evidence,
        refits_done=seen.refits,
        problem=problem,
        lease_until=NEVER,
        lease_owner="",
        next_fit_at=Now() + timedelta(seconds=rest_s),
    )
    if not done:
        raise FitLost(f"twin of project {twin.project_id} at fence {twin.fence}")
