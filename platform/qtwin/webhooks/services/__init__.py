"""Every write to webhooks."""

from qtwin.webhooks.services.deliver import webhook_claim, webhook_deliver
from qtwin.webhooks.services.delivery import delivery_again, delivery_test
from qtwin.webhooks.services.feed import feed_read
from qtwin.webhooks.services.webhook import webhook_change, webhook_create, webhook_delete

__all__ = [
    "delivery_again",
    "delivery_test",
    "feed_read",
    "webhook_change",
    "webhook_claim",
    "webhook_create",
    "webhook_delete",
    "webhook_deliver",
]
