"""Hands imports to whatever does them."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings

from qtwin.hints import send


def hint(import_id: UUID) -> None:
    """Say that an import is due."""
    send(settings.IMPORT_DISPATCHER, str(import_id))
