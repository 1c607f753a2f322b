"""Worlds: asked for at once, made by a worker, hidden when they are no longer wanted."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from backends.errors import ProgramRejected
from qtwin.accounts.acting import token_by
from qtwin.accounts.models import User
from qtwin.accounts.services import audit_record
from qtwin.projects.models import Project
from qtwin.training import dispatch
from qtwin.training.documents import check_document
from qtwin.training.limits import MOST_OPEN
from qtwin.training.models import Loop, TrainingRun, TransferReport, World
from qtwin.training.services.lease import work_cancel, work_tell
from qtwin.training.states import OPEN, State
from qtwin.twins.models import TwinVersion


class TooMany(Exception):
    """The team has too many under way; the message says how many are allowed."""


class NotReady(Exception):
    """The world is not made, or was refused; the message says how far it is."""


@transaction.atomic
def world_create(
    *,
    project: Project,
    name: str,
    document: Mapping[str, Any],
    by: User | None,
    calibration: Mapping[str, Any] | None = None,
    twin_version: int | None = None,
    held_out_version: int | None = None,
) -> World:
    """Record a world; a worker reads its document and learns its parameters.

    Args:
        calibration: How the parameters are learned from the project's measurements; None: they
            are not, and the world has the nominal ones.
        twin_version: Number of the twin version whose evidence it is made from; None: the latest,
            if there is one.
        held_out_version: Number of one that nothing is trained on.

    Raises:
        ProgramRejected: Its field points at what is wrong.
        TooMany: Others of the team are being made.
    """
    kind = check_document(document)
    version = _version(project, twin_version, "/twin_version")
    held_out = None
    if held_out_version is not None:
        held_out = _version(project, held_out_version, "/held_out_version")
        if held_out == version:
            raise ProgramRejected(
                f"{held_out_version} is what it is trained on; allowed: another version",
                field="/held_out_version",
            )
    if World.objects.filter(project=project, name=name, deleted_at=None).exists():
        raise ProgramRejected(f"there is a world {name!r}; allowed: another name", field="/name")
    under_way = World.objects.filter(project__team=project.team, state__in=OPEN, deleted_at=None)
    if under_way.count() >= MOST_OPEN:
        raise TooMany(f"{MOST_OPEN} worlds of the team are being made; allowed: {MOST_OPEN}")
    world = World.objects.create(
        project=project,
        name=name,
        kind=kind,
        document=dict(document),
        calibration=dict(calibration or {}),
        twin_version=version,
        held_out_version=held_out,
        created_by=by,
        token=token_by(by),
    )
    work_tell(world, "state", State.QUEUED)
    audit_record(action="world.create", user=by, team=project.team, target=f"world:{world.pk}")
    transaction.on_commit(partial(dispatch.hint, world))
    return world


def _version(project: Project, number: int | None, at: str) -> TwinVersion | None:
    versions = TwinVersion.objects.filter(twin__project=project)
    if number is None:
        return versions.order_by("-number").first()
    found = versions.filter(number=number).first()
    if found is None:
        newest = versions.order_by("-number").values_list("number", flat=True).first()
        allowed = f"1 to {newest}" if newest else "none yet"
        raise ProgramRejected(f"there is no version {number}; allowed: {allowed}", field=at)
    return found


@transaction.atomic
def world_delete(*, world: World, by: User | None) -> None:
    """Hide it with all that was trained in it; its open work is cancelled."""
    if not World.objects.filter(pk=world.pk, deleted_at=None).update(deleted_at=Now()):
        return
    work_cancel(work=world, by=by)
    for kind in (Loop, TrainingRun, TransferReport):
        for work in kind.objects.filter(world=world, state__in=OPEN):
            work_cancel(work=work, by=by)
    audit_record(
        action="world.delete", user=by, team=world.project.team, target=f"world:{world.pk}"
    )
