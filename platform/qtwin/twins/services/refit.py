"""A new version because somebody asks for one, not because evidence came."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F

from qtwin.accounts.models import User
from qtwin.accounts.services import audit_record
from qtwin.projects.models import Project
from qtwin.twins import dispatch
from qtwin.twins.models import Twin


class NothingToFit(Exception):
    """The project has no evidence."""


@transaction.atomic
def twin_refit(*, project: Project, by: User | None) -> None:
    """Let a worker fit the twin anew; a version comes of it where the numbers would differ.

    Raises:
        NothingToFit: If nothing was measured yet.
    """
    if not project.evidence:
        raise NothingToFit("the project has no measurement yet, so there is nothing to fit")
    twin, _ = Twin.objects.get_or_create(project=project)
    Twin.objects.filter(pk=twin.pk).update(refits_wanted=F("refits_wanted") + 1)
    audit_record(action="twin.refit", user=by, team=project.team, target=f"project:{project.pk}")
    transaction.on_commit(lambda: dispatch.hint(project.pk))
