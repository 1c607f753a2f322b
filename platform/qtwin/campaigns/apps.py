"""The campaigns app: sweeps, closed loops and steps with conditions, over jobs."""

from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "qtwin.campaigns"
    label = "campaigns"
