"""Evidence becomes a twin version."""

from __future__ import annotations

import logging
import time
from datetime import timedelta

from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Now

from qtwin.fusion.posterior import StarFit
from qtwin.fusion.star import fit_star
from qtwin.fusion.version import FUSION_VERSION
from qtwin.jobs.models import Event
from qtwin.jobs.models.job import NEVER
from qtwin.projects.services import artifact_put
from qtwin.twins.evidence import Evidence, evidence_of
from qtwin.twins.models import Twin, TwinFit, TwinVersion

log = logging.getLogger(__name__)

SEED = 0
REST = 2.0
"""A twin rests for this many times its last fit's seconds, so that bursts are coalesced."""


class FitLost(Exception):
    """Another worker took the fit over."""


def twin_assimilate(twin: Twin) -> TwinVersion | None:
    """Fit a claimed twin to all evidence that the project has now.

    Nothing is made when the evidence digests are those of the latest version. Evidence that cannot
    be fitted is recorded as the twin's problem, and the latest version stays.

    Raises:
        FitLost: If the lease was lost meanwhile; nothing is recorded then.
    """
    seen = twin.project.evidence
    began = time.monotonic()
    found = [evidence_of(twin.project, o) for o in twin.project.observables.all()]
    evidence = [item for item in found if item is not None]
    if not evidence or _digests(evidence) == _latest_digests(twin):
        _finish(twin, seen, rest_s=0.0)
        return None
    try:
        fits = [fit_star(item.observations(), seed=SEED) for item in evidence]
    except (ValueError, ArithmeticError) as error:
        log.warning("twin of project %s: %s", twin.project_id, error)
        with transaction.atomic():
            _finish(twin, seen, rest_s=0.0, problem=str(error))
            Event.objects.create(
                project_id=twin.project_id, kind="twin.problem", data={"problem": str(error)}
            )
        return None
    return _record(twin, seen, evidence, fits, time.monotonic() - began)


def _record(
    twin: Twin, seen: int, evidence: list[Evidence], fits: list[StarFit], seconds: float
) -> TwinVersion:
    blobs = [artifact_put(project=twin.project, kind="twin-fit", data=f.to_bytes()) for f in fits]
    with transaction.atomic():
        _finish(twin, seen, rest_s=REST * seconds)
        last = twin.versions.aggregate(last=Max("number"))["last"] or 0
        version = TwinVersion.objects.create(
            twin=twin,
            number=last + 1,
            measurements=sum(len(item.measurements) for item in evidence),
            as_of=max(item.as_of for item in evidence),
            fusion_version=FUSION_VERSION,
            seed=SEED,
            fit_seconds=seconds,
        )
        for item, fit, blob in zip(evidence, fits, blobs, strict=True):
            said = fit.predict(item.observations().x[:1])
            TwinFit.objects.create(
                version=version,
                observable=item.observable,
                digest=item.digest(SEED),
                artifact=blob,
                claim=str(said.claim),
                references=said.references,
                c2=said.c2,
                nu=said.nu,
                scores=dict(fit.scores()),
                sources=item.sources(),
                measurement_ids=[str(m.pk) for m in item.measurements],
            )
        Event.objects.create(
            project_id=twin.project_id,
            kind="twin.version",
            data={"number": version.number, "measurements": version.measurements},
        )
    return version


def _finish(twin: Twin, seen: int, *, rest_s: float, problem: str = "") -> None:
    done = Twin.objects.filter(pk=twin.pk, fence=twin.fence).update(
        assimilated=seen,
        problem=problem,
        lease_until=NEVER,
        lease_owner="",
        next_fit_at=Now() + timedelta(seconds=rest_s),
    )
    if not done:
        raise FitLost(f"twin of project {twin.project_id} at fence {twin.fence}")


def _digests(evidence: list[Evidence]) -> dict[int, str]:
    return {item.observable.pk: item.digest(SEED) for item in evidence}


def _latest_digests(twin: Twin) -> dict[int, str]:
    version = twin.versions.order_by("-number").first()
    return {} if version is None else {f.observable_id: f.digest for f in version.fits.all()}
