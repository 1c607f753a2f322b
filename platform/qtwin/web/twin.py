"""What a project's page says of its twin, for one observable."""

from __future__ import annotations

import logging
from typing import Any

from django.db.models import prefetch_related_objects
from django.http import HttpRequest

from qtwin.projects.models import Observable, Project
from qtwin.twins.curve import fit_drawn
from qtwin.twins.models import TwinFit
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
    prefetch_related_objects([project], "controls", "observables", "sources__revisions")
    observables = observables_measured(project)
    asked = request.GET.get("observable", "")
    wanted = next((one for one in project.observables.all() if one.name == asked), None)
    observable = wanted or observables[0]
    status = twin_status(project)
    version, refused = None, ""
    try:
        version = wanted_version(project, observable, request.GET.get("version", ""))
    except NoVersion as error:
        refused = str(error)
    fit = fit_drawn(project, observable, version=version, at=None)
    return {
        "observable": observable,
        "observables": observables,
        "twin": status,
        "version": version,
        "no_version": refused,
        "fit": fit,
        **_headline(project, observable, request.GET.get("at", ""), version, fit),
        **panels_shown(project, observable, version, fit=fit),
    }


def _headline(
    project: Project,
    observable: Observable,
    wanted: str,
    version: int | None,
    fit: TwinFit | None,
) -> dict[str, Any]:
    at, refused = None, ""
    try:
        at = place_of(wanted, list(project.controls.all()))
    except NoPlace as error:
        refused = str(error)
    try:
        said = headline(project, observable, at, version=version, fit=fit)
        return {"headline": said, "chosen": at is not None, "no_place": refused}
    except PredictorFailed:
        log.exception("the twin of project %s cannot be asked", project.pk)
        return {"headline": None, "unanswered": True}
