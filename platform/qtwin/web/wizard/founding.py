"""From a draft to a project with its sources, data, budget and first campaign: all or nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
from django.db import transaction
from rest_framework.exceptions import APIException

from backends.errors import BackendError
from qtwin.accounts.models import User
from qtwin.campaigns.api.input import read_campaign
from qtwin.campaigns.points import points_of
from qtwin.campaigns.services import campaign_create
from qtwin.jobs.api.dataset import import_from
from qtwin.jobs.services import JobSpec, job_estimate
from qtwin.projects.models import Period, Project, ProjectDraft, Unit
from qtwin.projects.services import (
    budget_set,
    draft_done,
    draft_lock,
    project_create,
    source_create,
    spending_rule_set,
)
from qtwin.web.wizard.review import Expected, Total
from qtwin.web.wizard.source_line import SourceLine
from qtwin.web.wizard.sources import MOST_POINTS
from qtwin.web.wizard.wizard import Wizard

CAMPAIGN = "First points"


class NotFounded(Exception):
    """Nothing was made; the message says why."""


def project_found(draft: ProjectDraft, wizard: Wizard, by: User) -> Project:
    """The draft's project; the one that it became before if it did.

    Raises:
        NotFounded: Something is refused that no step could see.
    """
    try:
        with transaction.atomic():
            row = draft_lock(draft)
            if row.project is not None:
                return row.project
            project = _made(wizard, by)
            if wizard.review.starts:
                _begin(project, wizard, by, key=f"draft:{draft.pk}")
            draft_done(draft, project)
            return project
    except (BackendError, APIException, ValueError) as error:
        raise NotFounded(_said(error)) from error


def expected(wizard: Wizard, by: User) -> Total:
    """What the first campaign would take, as jobs of the project would be told; leaves nothing.

    Raises:
        NotFounded: The project could not be made.
    """
    try:
        with transaction.atomic():
            project = _made(wizard, by)
            total = Total([_expected(project, line, by) for line in wizard.sources.chosen])
            transaction.set_rollback(True)
            return total
    except (BackendError, APIException, ValueError) as error:
        raise NotFounded(_said(error)) from error


def _made(wizard: Wizard, by: User) -> Project:
    """The project with all but its campaign."""
    review, know = wizard.review, wizard.know
    assert wizard.team is not None
    project = project_create(
        team=wizard.team,
        name=wizard.system.name,
        description=review.description,
        system=know.document,
        observables=know.wanted,
        by=by,
    )
    for line in wizard.sources.chosen:
        source_create(
            project=project,
            name=line.offer.name,
            label=line.offer.label,
            role=line.offer.role,
            backend=line.offer.backend,
            method=line.offer.method,
            settings=line.settings,
            by=by,
        )
    if wizard.sources.data.given:
        import_from(wizard.sources.data.body(), project=project, by=by)
    if review.budget is not None:
        budget_set(
            scope=project,
            unit=Unit.MONEY,
            period=Period.TOTAL,
            limit=review.budget,
            per_job=None,
            by=by,
        )
    if review.pays:
        spending_rule_set(project=project, by=by, paid_sources=True)
    return project


def _begin(project: Project, wizard: Wizard, by: User, *, key: str) -> None:
    """A step for the sources that share their points and observables."""
    groups: dict[str, dict[str, Any]] = {}
    for line in wizard.sources.chosen:
        group = {"points": line.design, "observables": list(line.observables)}
        groups.setdefault(repr(group), {**group, "sources": []})["sources"].append(line.spec)
    steps = [
        {"name": f"sweep_{index + 1}", "sweep": sweep}
        for index, sweep in enumerate(groups.values())
    ]
    name, plans = read_campaign({"name": CAMPAIGN, "steps": steps})
    campaign_create(project=project, name=name, steps=plans, by=by, key=key, may_spend=True)


def _expected(project: Project, line: SourceLine, by: User) -> Expected:
    controls = list(project.controls.all())
    points: np.ndarray[Any, Any] = points_of(line.design, controls, most=MOST_POINTS)
    spec = JobSpec(
        source=project.sources.get(name=line.offer.name),
        points=points.tolist(),
        knobs=line.knob_values,
        observables=line.observables,
        shots=line.shot_count,
    )
    try:
        found = job_estimate(project=project, spec=spec, by=by)
    except BackendError as error:
        return Expected(line=line, estimate=None, refused=str(error))
    return Expected(line=line, estimate=found, refused=str(found.refused or ""))


def _said(error: Exception) -> str:
    if isinstance(error, APIException):
        from qtwin.rest.problem import errors_of

        return "; ".join(f"{one['pointer']}: {one['detail']}" for one in errors_of(error))
    return str(error)
