"""The one place where the web side hands work to whatever runs it."""

from __future__ import annotations

import logging
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string

log = logging.getLogger(__name__)


def hint(job_id: UUID) -> None:
    """Say that a job is due. Only a hint: the sweeper finds what a dead broker never heard of."""
    try:
        import_string(settings.JOB_DISPATCHER)(str(job_id))
    except Exception as error:  # whatever the broker's client raises, the request must not fail
        log.warning("no hint for job %s: %s", job_id, type(error).__name__)
