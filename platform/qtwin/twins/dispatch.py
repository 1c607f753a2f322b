"""Hands fits to whatever runs them."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings

from qtwin.hints import send


def hint(project_id: UUID) -> None:
    """Say that a project's twin is behind its evidence."""
    send(settings.TWIN_DISPATCHER, str(project_id))
