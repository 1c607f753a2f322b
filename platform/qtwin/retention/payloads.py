"""Raw payloads of jobs that ended long ago: their rows stay, with digest and size."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import islice

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from qtwin.archives.models import Import
from qtwin.jobs.models import Run, Submission
from qtwin.jobs.states import ACTIVE
from qtwin.projects.models import Artifact
from qtwin.projects.models.artifact import ERASED
from qtwin.projects.storage import store

RAW = ("job-result", "vendor-result")
"""Kinds of payloads. What made numbers and policies, such as fits and covariances, stays."""

FRESH = timedelta(days=7)
"""Bytes of which no row speaks may be on their way to one."""


def payloads_erase(before: datetime, limit: int) -> int:
    """Erase those of jobs that had all ended before a moment."""
    late = Q(job__state__in=ACTIVE) | Q(job__finished_at__gte=before)
    needed = (Exists(model.objects.filter(late, raw=OuterRef("pk"))) for model in (Run, Submission))
    rows = Artifact.objects.filter(kind__in=RAW, created_at__lt=before)
    for wanted in needed:
        rows = rows.filter(~wanted)
    chosen = dict(rows.order_by("created_at").values_list("pk", "sha256")[:limit])
    with transaction.atomic():
        Artifact.objects.filter(pk__in=chosen, kind__in=RAW).update(kind=ERASED)
    _discard(set(chosen.values()))
    return len(chosen)


def orphans_discard(before: datetime, limit: int) -> int:
    """Discard bytes of which no row speaks: somebody died between the two, or a row is gone."""
    old = (kept for kept in store().kept() if kept.since < min(before, timezone.now() - FRESH))
    found = 0
    while found < limit and (some := list(islice(old, limit))):
        found += _discard({kept.sha256 for kept in some})
    return found


def _discard(digests: set[str]) -> int:
    """Of what nobody else needs."""
    needed = set(
        Artifact.objects.filter(sha256__in=digests)
        .exclude(kind=ERASED)
        .values_list("sha256", flat=True)
    )
    needed |= set(
        Import.objects.filter(sha256__in=digests, state__in=Import.OPEN).values_list(
            "sha256", flat=True
        )
    )
    kept = store()
    for sha256 in digests - needed:
        kept.discard(sha256)
    return len(digests - needed)
