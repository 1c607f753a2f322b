"""Comparisons of classifiers: asked for at once, made by a worker."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.db import transaction

from backends.errors import ProgramRejected
from qtwin.accounts.acting import token_by
from qtwin.accounts.models import User
from qtwin.accounts.services import audit_record
from qtwin.projects.models import Project
from qtwin.training import dispatch
from qtwin.training.limits import MOST_OPEN
from qtwin.training.models import Classifier
from qtwin.training.services.lease import work_tell
from qtwin.training.services.world import TooMany
from qtwin.training.states import OPEN, State


@transaction.atomic
def classifier_create(*, project: Project, asked: Mapping[str, Any], by: User | None) -> Classifier:
    """Record a comparison; a worker reads the shots of the project's jobs and makes it.

    Args:
        asked: ``control``, ``transition``, ``margin``, ``shots``, ``readings``, ``folds``,
            ``seed``, ``methods`` and ``sources``; without a control or sources, the only one and
            all of them.

    Raises:
        ProgramRejected: Its field points at what is wrong.
        TooMany: Others of the team have not ended.
    """
    known = dict(asked) | {"control": _control(project, asked)}
    names = set(project.sources.values_list("name", flat=True))
    for place, name in enumerate(asked["sources"]):
        if name not in names:
            allowed = ", ".join(sorted(names)) or "none"
            raise ProgramRejected(f"{name!r}; allowed: {allowed}", field=f"/sources/{place}")
    under_way = Classifier.objects.filter(project__team=project.team, state__in=OPEN).count()
    if under_way >= MOST_OPEN:
        raise TooMany(f"{under_way} comparisons of the team have not ended; allowed: {MOST_OPEN}")
    row = Classifier.objects.create(project=project, asked=known, created_by=by, token=token_by(by))
    work_tell(row, "state", State.QUEUED)
    audit_record(
        action="classifier.create", user=by, team=project.team, target=f"classifier:{row.pk}"
    )
    transaction.on_commit(partial(dispatch.hint, row))
    return row


def _control(project: Project, asked: Mapping[str, Any]) -> str:
    """The control that drives the transition, which lies within its bounds."""
    controls = {one["name"]: one for one in project.system.get("controls", ())}
    name = asked["control"] or (next(iter(controls)) if len(controls) == 1 else "")
    if name not in controls:
        allowed = ", ".join(controls) or "none"
        raise ProgramRejected(f"{name!r}; allowed: {allowed}", field="/control")
    lower, upper = controls[name]["lower"], controls[name]["upper"]
    if not lower < asked["transition"] < upper:
        raise ProgramRejected(
            f"{asked['transition']} of {name}; allowed: between {lower} and {upper}",
            field="/transition",
        )
    return str(name)
