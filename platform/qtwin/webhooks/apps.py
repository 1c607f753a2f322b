"""The webhooks app."""

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "qtwin.webhooks"
    label = "webhooks"
