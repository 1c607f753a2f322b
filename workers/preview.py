"""One system, written out in the sandbox."""

from __future__ import annotations

import logging
import os
from functools import partial

import numpy as np
from django.conf import settings

from backends.methods.preview import METHOD, TARGET, TERMS
from backends.schema import Experiment, RunOptions
from qtwin.projects.models import Preview
from qtwin.projects.services import preview_claim, preview_end, preview_renew
from workers.sandbox import ChunkRequest, Crashed, Finished, Limits, Outcome, Rejected, Sandbox

log = logging.getLogger(__name__)
LIMITS = Limits(cpu_s=30.0, wall_s=60.0)
_own: dict[int, Sandbox] = {}


def sandbox() -> Sandbox:
    """The one of this process that knows how to write out systems."""
    return _own.setdefault(os.getpid(), Sandbox(backends={METHOD: TARGET}))


def make(preview_id: str) -> None:
    """Claim the preview, write the system out, and keep what came of it."""
    lease_s = float(settings.JOB_LEASE_S)
    row = preview_claim(preview_id, lease_s=lease_s)
    if row is None:
        return
    outcome = sandbox().run(
        _request(row), limits=LIMITS, on_tick=partial(preview_renew, row, lease_s=lease_s)
    )
    if not _keep(row, outcome):
        log.warning("preview %s was made by somebody else", row.pk)


def _request(row: Preview) -> ChunkRequest:
    return ChunkRequest(
        backend=METHOD,
        experiment=Experiment(
            system=row.system,
            method=METHOD,
            controls=(),
            points=np.empty((1, 0)),
            observables=(TERMS,),
        ),
        options=RunOptions(),
    )


def _keep(row: Preview, outcome: Outcome) -> bool:
    match outcome:
        case Finished(result=result):
            return preview_end(row, outcome=Preview.Outcome.DONE, answer=result.raw[0])
        case Rejected(message=message, field=field):
            return preview_end(row, outcome=Preview.Outcome.REFUSED, detail=message, field=field)
        case Crashed(message=message, detail=detail):
            log.warning("preview %s: %s %s", row.pk, message, detail)
            return preview_end(row, outcome=Preview.Outcome.REFUSED, detail=message)
        case _:
            return False
