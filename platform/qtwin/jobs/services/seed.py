"""Seeds that nobody named: new ones, so that the shots of repeated jobs are independent."""

from __future__ import annotations

import secrets

from qtwin.jobs.models import Job
from qtwin.projects.models import SourceRevision

SEED_BITS = 31


def fresh_seed(revision: SourceRevision) -> int:
    """A seed that no job of the source has had."""
    while True:
        seed = secrets.randbits(SEED_BITS)
        jobs = Job.objects.filter(source_revision__source_id=revision.source_id)
        if not jobs.filter(seed=seed).exists():
            return seed
