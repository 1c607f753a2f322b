"""Tables of webhooks."""

from qtwin.webhooks.models.delivery import Delivery
from qtwin.webhooks.models.feed import Feed
from qtwin.webhooks.models.webhook import Webhook

__all__ = ["Delivery", "Feed", "Webhook"]
