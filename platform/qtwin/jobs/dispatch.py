"""Hands jobs to whatever runs them."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings

from qtwin.hints import send


def hint(job_id: UUID) -> None:
    """Say that a job is due."""
    send(settings.JOB_DISPATCHER, str(job_id))
