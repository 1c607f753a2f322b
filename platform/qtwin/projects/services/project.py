"""Making and ending projects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from backends import systems
from backends.errors import ProgramRejected
from qtwin.accounts.models import Team, User
from qtwin.accounts.services import audit_record
from qtwin.prepared import change
from qtwin.projects.models import Control, Observable, Project

ONE_MORE = F("evidence") + 1


@transaction.atomic
def project_create(
    *, team: Team, name: str, system: Mapping[str, Any], by: User | None, description: str = ""
) -> Project:
    """Make a project; controls and observables follow from its system.

    Raises:
        ProgramRejected: If the system document is wrong; its field says where.
    """
    checked = systems.load(system)
    if not checked.controls:
        raise ProgramRejected(
            "no controls; allowed: at least one, over which the twin is made", field="/controls"
        )
    project = Project.objects.create(
        team=team, name=name, description=description, system=checked.to_dict(), created_by=by
    )
    Control.objects.bulk_create(
        Control(
            project=project,
            position=position,
            name=control.name,
            label=control.label,
            unit=control.unit,
            lower=control.lower,
            upper=control.upper,
        )
        for position, control in enumerate(checked.controls)
    )
    Observable.objects.bulk_create(
        Observable(
            project=project,
            name=observable.name,
            label=observable.label,
            unit=observable.unit,
            lower=observable.lower,
            upper=observable.upper,
            variational=observable.variational,
        )
        for observable in checked.observables
    )
    audit_record(action="project.create", user=by, team=team, target=f"project:{project.pk}")
    return project


def project_delete(*, project: Project, by: User | None) -> None:
    """Hide a project; its evidence stays."""
    Project.objects.filter(pk=project.pk, deleted_at=None).update(deleted_at=timezone.now())
    audit_record(
        action="project.delete", user=by, team=project.team, target=f"project:{project.pk}"
    )


def evidence_advance(*, project_id: Any) -> None:
    """Note that the set of valid measurements changed; call it in the same transaction."""
    change(Project, where={"pk": project_id}, fields={"evidence": ONE_MORE})
