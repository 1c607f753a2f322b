"""Points that a source of recorded numbers is asked for, looked up in the sandbox."""

from __future__ import annotations

import logging
from collections.abc import Callable

from backends import registry
from backends.schema import Experiment, RunOptions
from qtwin.jobs.models import Job
from qtwin.projects.models import Artifact
from qtwin.projects.selectors import recording_of
from qtwin.projects.services import artifact_read
from qtwin.projects.storage import Corrupt
from workers.sandbox import Malformed, Outcome, ParseRequest, Rejected, shared

log = logging.getLogger(__name__)


def look_up(
    job: Job, experiment: Experiment, options: RunOptions, *, on_tick: Callable[[], bool]
) -> Outcome:
    """What the recording of the job's source says; lost or unreadable bytes end the job."""
    name = job.source_revision.backend
    try:
        kept = artifact_read(recording_of(job.project_id, job.source_revision))
    except (Artifact.DoesNotExist, FileNotFoundError):
        return Rejected(message=_gone(job, "is not in the store any more"))
    except Corrupt:
        return Rejected(message=_gone(job, "is not what was stored"))
    outcome = shared().run(
        ParseRequest(
            backend=name,
            experiment=experiment,
            options=options,
            payload=kept,
            target=registry.target(name),
        ),
        on_tick=on_tick,
    )
    if isinstance(outcome, Malformed):
        log.warning("job %s: malformed recording: %s", job.pk, outcome.detail)
        return Rejected(message=f"The recording cannot be read: {outcome.message[:500]}")
    return outcome


def _gone(job: Job, what: str) -> str:
    digest = str(job.source_revision.settings.get("recording", ""))
    log.error("job %s: recording %s %s", job.pk, digest, what)
    return (
        f"The recording {digest} {what}. Restore it from a backup of the data folder, or import it "
        "again."
    )
