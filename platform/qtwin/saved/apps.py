"""The saved app: filters of lists that people keep under a name."""

from django.apps import AppConfig


class SavedConfig(AppConfig):
    name = "qtwin.saved"
    label = "saved"
