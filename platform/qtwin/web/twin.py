"""What a project's page says of its twin, for one observable."""

from __future__ import annotations

import logging
from typing import Any

from django.http import HttpRequest

from qtwin.projects.models import Observable, Project
from qtwin.twins.predictor.client import PredictorFailed
from qtwin.twins.selectors import observables_measured, twin_status
from qtwin.web.headline import headline
from qtwin.web.panels import panels_shown
from qtwin.web.place import NoPlace, place_of
from qtwin.web.versions import NoVersion, wanted_version

log = logging.getLogger(__name__)


def twin_shown(request: HttpRequest, project: Project) -> dict[str, Any]:
    """Words of a template: the observable that the address asks for, or the first measured.

    Of the curve, the point that it asks for with ``at``, or the one to look at first; of the
    ``version`` that it asks for, or the latest.
    """
    observables = observables_measured(project)
    wanted = project.observables.filter(name=request.GET.get("observable", "")).first()
    observable = wanted or observables[0]
    version, refused = None, ""
    try:
        version = wanted_version(project, observable, request.GET.get("version", ""))
    except NoVersion as error:
        refused = str(error)
    return {
        "observable": observable,
        "observables": observables,
        "twin": twin_status(project),
        "version": version,
        "no_version": refused,
        **_headline(project, observable, request.GET.get("at", ""), version),
        **panels_shown(project, observable, version),
    }


def _headline(
    project: Project, observable: Observable, wanted: str, version: int | None
) -> dict[str, Any]:
    at, refused = None, ""
    try:
        at = place_of(wanted, list(project.controls.all()))
    except NoPlace as error:
        refused = str(error)
    try:
        said = headline(project, observable, at, version=version)
        return {"headline": said, "chosen": at is not None, "no_place": refused}
    except PredictorFailed:
        log.exception("the twin of project %s cannot be asked", project.pk)
        return {"headline": None, "unanswered": True}
