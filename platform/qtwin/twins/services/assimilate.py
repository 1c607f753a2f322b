"""Evidence becomes a twin version."""

from __future__ import annotations

import logging
import time

from django.db import transaction

from qtwin import fusion, tracing
from qtwin.fusion.version import FUSION_VERSION
from qtwin.jobs.models import Event
from qtwin.twins.evidence import Evidence, evidence_of
from qtwin.twins.models import Twin, TwinVersion
from qtwin.twins.services.finish import FitLost, Seen, twin_finish
from qtwin.twins.services.record import Fitted, version_record

__all__ = ["FitLost", "twin_assimilate"]

log = logging.getLogger(__name__)

SEED = 0


def twin_assimilate(twin: Twin) -> TwinVersion | None:
    """Fit a claimed twin to all evidence that the project has now.

    Nothing is made when the evidence is that of the latest version; that version stays too when
    this release would compute other numbers, unless somebody asked for a refit. Evidence that
    cannot be fitted is recorded as the twin's problem, and the latest version stays.

    Raises:
        FitLost: If the lease was lost meanwhile; nothing is recorded then.
    """
    seen = Seen(evidence=twin.project.evidence, refits=twin.refits_wanted)
    began = time.monotonic()
    found = [evidence_of(twin.project, o) for o in twin.project.observables.all()]
    evidence = [item for item in found if item is not None]
    refit = twin.refits_done < twin.refits_wanted
    if not evidence or _is_known(twin, evidence, refit=refit):
        twin_finish(twin, seen)
        return None
    try:
        fitted = [_fit(item) for item in evidence]
    except (ValueError, ArithmeticError) as error:
        log.warning("twin of project %s: %s", twin.project_id, error)
        with transaction.atomic():
            twin_finish(twin, seen, problem=str(error))
            Event.objects.create(
                project_id=twin.project_id, kind="twin.problem", data={"problem": str(error)}
            )
        return None
    seconds = time.monotonic() - began
    return version_record(twin, seen, fitted, seed=SEED, seconds=seconds, refit=refit)


def _fit(evidence: Evidence) -> Fitted:
    data = evidence.observations()
    with tracing.span("twin.fit", observable=evidence.observable.name, rows=len(data.y)):
        fit = fusion.fit_star(data, seed=SEED)
    return Fitted(evidence=evidence, data=data, fit=fit)


def _is_known(twin: Twin, evidence: list[Evidence], *, refit: bool) -> bool:
    """Whether the latest version is of this evidence, and for a refit of this release too."""
    version = twin.versions.order_by("-number").first()
    if version is None:
        return False
    fusion_version = FUSION_VERSION if refit else version.fusion_version
    stored = {fit.observable_id: fit.digest for fit in version.fits.all()}
    return stored == {item.observable.pk: item.digest(SEED, fusion_version) for item in evidence}
