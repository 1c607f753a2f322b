"""Hands previews to whatever makes them."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings

from qtwin.hints import send


def hint(preview_id: UUID) -> None:
    """Say that a preview is due."""
    send(settings.PREVIEW_DISPATCHER, str(preview_id))
