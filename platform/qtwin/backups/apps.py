"""The backups app: everything that an installation keeps but its keys, and back."""

from django.apps import AppConfig


class BackupsConfig(AppConfig):
    name = "qtwin.backups"
    label = "backups"
