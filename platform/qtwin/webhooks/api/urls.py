"""Routes of webhooks."""

from django.urls import path

from qtwin.webhooks.api.delivery import DeliveriesView, DeliveryAgainView
from qtwin.webhooks.api.webhook import WebhooksView, WebhookTestView, WebhookView

ONE = "teams/<uuid:team_id>/webhooks/<uuid:webhook_id>"

urlpatterns = [
    path("teams/<uuid:team_id>/webhooks", WebhooksView.as_view()),
    path(ONE, WebhookView.as_view()),
    path(f"{ONE}:test", WebhookTestView.as_view()),
    path(f"{ONE}/deliveries", DeliveriesView.as_view()),
    path(f"{ONE}/deliveries/<uuid:delivery_id>:redeliver", DeliveryAgainView.as_view()),
]
