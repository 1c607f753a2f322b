"""Webhooks: events become deliveries, and deliveries are sent."""

from __future__ import annotations

from qtwin.webhooks.services import feed_read, webhook_claim, webhook_deliver


def read() -> None:
    """Read on in the table of events."""
    feed_read()


def deliver(webhook_id: str) -> None:
    """Claim the webhook and send what is due to it."""
    webhook = webhook_claim(webhook_id)
    if webhook is not None:
        webhook_deliver(webhook)
