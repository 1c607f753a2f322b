"""Seeds: what they decide, and new ones, so that the shots of repeated jobs are independent."""

from __future__ import annotations

import secrets

from backends.base import Capabilities, Kind
from qtwin.jobs.models import Job
from qtwin.projects.models import SourceRevision

SEED_BITS = 31


def seeds_decide(able: Capabilities) -> bool:
    """Whether the same seed draws the same shots: not on a device, and not in a vendor's queue."""
    return able.kind is not Kind.QPU and able.queue is None


def fresh_seed(revision: SourceRevision) -> int:
    """A seed that no job of the source has had."""
    while True:
        seed = secrets.randbits(SEED_BITS)
        jobs = Job.objects.filter(source_revision__source_id=revision.source_id)
        if not jobs.filter(seed=seed).exists():
            return seed
