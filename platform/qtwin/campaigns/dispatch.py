"""Hands campaigns to whatever advances them."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings

from qtwin.hints import send


def hint(campaign_id: UUID) -> None:
    """Say that a campaign is due."""
    send(settings.CAMPAIGN_DISPATCHER, str(campaign_id))
