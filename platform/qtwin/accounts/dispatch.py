"""Hands tests of credentials to whatever does them."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings

from qtwin.hints import send


def hint(test_id: UUID) -> None:
    """Say that a test is due."""
    send(settings.CREDENTIAL_DISPATCHER, str(test_id))
