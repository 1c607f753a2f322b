"""Making and ending projects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from backends import systems
from backends.errors import ProgramRejected
from backends.systems import ObservableSpec, System
from qtwin.accounts.models import Team, User
from qtwin.accounts.services import audit_record
from qtwin.prepared import change
from qtwin.projects.models import Control, Observable, Project
from qtwin.unchanged import as_seen, write

ONE_MORE = F("evidence") + 1
EDITED = ("name", "description")


@transaction.atomic
def project_create(
    *,
    team: Team,
    name: str,
    system: Mapping[str, Any],
    by: User | None,
    description: str = "",
    observables: Sequence[str] = (),
    spends_for: Project | None = None,
) -> Project:
    """Make a project; controls and observables follow from its system.

    Args:
        spends_for: Another of the team, whose rules about money it takes over, and on whose
            budgets it counts too.
        observables: Names of those that are wanted, the one that pages show first ahead; empty
            means every one that the system has.

    Raises:
        ProgramRejected: If the system document is wrong; its field says where.
    """
    checked = systems.load(system)
    if not checked.controls:
        raise ProgramRejected(
            "no controls; allowed: at least one, over which the twin is made", field="/controls"
        )
    rules: dict[str, Any] = {}
    if spends_for is not None:
        rules = {name: getattr(spends_for, name) for name in ("paid_sources", "approval_above")}
    project = Project.objects.create(
        team=team,
        name=name,
        description=description,
        system=checked.to_dict(),
        created_by=by,
        spends_for=spends_for,
        **rules,
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
        for observable in _wanted(checked, observables)
    )
    money = {} if spends_for is None else {"spends_for": str(spends_for.pk), **rules}
    target = f"project:{project.pk}"
    audit_record(action="project.create", user=by, team=team, target=target, **money)
    return project


def _wanted(system: System, names: Sequence[str]) -> list[ObservableSpec]:
    known = {observable.name: observable for observable in system.observables}
    for name in names:
        if name not in known:
            raise ProgramRejected(
                f"unknown observable {name!r}; allowed: {', '.join(known)}", field="/observables"
            )
    return [known[name] for name in dict.fromkeys(names)] or list(known.values())


@transaction.atomic
def project_change(
    *,
    project: Project,
    by: User | None,
    name: str | None = None,
    description: str | None = None,
    unchanged: bool = False,
) -> Project:
    """Change what a project is called and what is said of it.

    Args:
        unchanged: Only if its row is still as ``project`` says.

    Raises:
        ChangedSince: It is not.
    """
    asked = {"name": name, "description": description}
    fields = {key: value for key, value in asked.items() if value is not None}
    write(_rows(project, unchanged), fields or {"name": F("name")}, needed=unchanged)
    team, target = project.team, f"project:{project.pk}"
    audit_record(action="project.change", user=by, team=team, target=target, changed=[*fields])
    project.refresh_from_db(fields=[*EDITED])
    return project


@transaction.atomic
def project_delete(*, project: Project, by: User | None, unchanged: bool = False) -> None:
    """Hide a project; its evidence stays.

    Args:
        unchanged: Only if its row is still as ``project`` says.

    Raises:
        ChangedSince: It is not.
    """
    team, target = project.team, f"project:{project.pk}"
    if write(_rows(project, unchanged), {"deleted_at": timezone.now()}, needed=unchanged):
        audit_record(action="project.delete", user=by, team=team, target=target)


def _rows(project: Project, unchanged: bool) -> QuerySet[Project]:
    rows = Project.objects.filter(pk=project.pk, deleted_at=None)
    return rows.filter(**as_seen(project, EDITED)) if unchanged else rows


def evidence_advance(*, project_id: Any) -> None:
    """Note that the set of valid measurements changed; call it in the same transaction."""
    change(Project, where={"pk": project_id}, fields={"evidence": ONE_MORE})
