"""Reads of calibrations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from qtwin.accounts.models import Team, User
from qtwin.accounts.selectors import teams_visible_to
from qtwin.jobs.models import Calibration
from qtwin.projects.selectors import projects_visible_to


def calibrations_visible_to(user: User | AnonymousUser) -> QuerySet[Calibration]:
    """Calibrations that the user's teams have seen, or that came with a project of theirs."""
    return Calibration.objects.filter(
        Q(team__in=teams_visible_to(user)) | Q(project__in=projects_visible_to(user))
    )


def calibrations_of(team: Team) -> QuerySet[Calibration]:
    """Calibrations that the team has seen, without those of which it knows but the name."""
    return Calibration.objects.filter(team=team).exclude(digest="")


def calibrations_unknown(team: Team, devices: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Backend and name of devices that name a calibration of which the team has seen nothing.

    Args:
        devices: As `CredentialTest.devices`.
    """
    named = {
        (one["backend"], one["calibration_id"]): (one["backend"], one["name"])
        for one in devices
        if one["calibration_id"]
    }
    seen = calibrations_of(team).filter(identifier__in=[identifier for _, identifier in named])
    known = set(seen.values_list("backend", "identifier"))
    return sorted(device for key, device in named.items() if key not in known)
