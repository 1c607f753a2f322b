"""One fit of one project's twin."""

from __future__ import annotations

import logging
import time

from qtwin import tracing
from qtwin.logs.context import about
from qtwin.metrics.work import FIT_SECONDS
from qtwin.twins.new_evidence import traces_of_new
from qtwin.twins.services import twin_assimilate, twin_claim, twin_renew
from qtwin.twins.services.assimilate import FitLost
from workers.heartbeat import heartbeat

LEASE_S = 20.0
log = logging.getLogger(__name__)


def fit(project_id: str, *, owner: str) -> None:
    """Claim the twin, fit it, and keep the lease meanwhile."""
    twin = twin_claim(project_id, owner=owner, lease_s=LEASE_S)
    if twin is None:
        return
    began = time.monotonic()
    with (
        about(project_id=project_id),
        tracing.span(
            "twin.assimilate",
            parent="",
            links=traces_of_new(twin),
            kind="consumer",
            project=project_id,
        ),
    ):
        try:
            with heartbeat(lambda: twin_renew(twin, lease_s=LEASE_S), every_s=LEASE_S / 4):
                version = twin_assimilate(twin)
        except FitLost as lost:
            log.warning("dropped a fit: %s", lost)
            FIT_SECONDS.observe(time.monotonic() - began, outcome="lost")
            return
        if version is not None:
            log.info("twin %s v%s in %.1f s", project_id, version.number, version.fit_seconds)
    outcome = "known" if version is None else "fitted"
    FIT_SECONDS.observe(time.monotonic() - began, outcome=outcome)
