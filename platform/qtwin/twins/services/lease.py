"""One fit of a project's twin at a time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import F, Q
from django.db.models.functions import Now

from qtwin.projects.models import Project
from qtwin.twins.models import Twin


def twin_claim(project_id: Any, *, owner: str, lease_s: float) -> Twin | None:
    """Take a stale twin for fitting; None when it is up to date, resting or being fitted."""
    if not Project.objects.filter(pk=project_id).exists():
        return None
    twin, _ = Twin.objects.get_or_create(project_id=project_id)
    claimed = Twin.objects.filter(
        Q(assimilated__lt=F("project__evidence")) | Q(refits_done__lt=F("refits_wanted")),
        pk=twin.pk,
        lease_until__lt=Now(),
        next_fit_at__lte=Now(),
    )
    taken = Twin.objects.filter(pk__in=claimed.values("pk"), lease_until__lt=Now()).update(
        fence=F("fence") + 1,
        lease_owner=owner,
        lease_until=Now() + timedelta(seconds=lease_s),
    )
    if not taken:
        return None
    return Twin.objects.select_related("project").filter(pk=twin.pk, lease_owner=owner).first()


def twin_renew(twin: Twin, *, lease_s: float) -> bool:
    """Keep the lease; False when it was lost."""
    return bool(
        Twin.objects.filter(pk=twin.pk, fence=twin.fence).update(
            lease_until=Now() + timedelta(seconds=lease_s)
        )
    )
