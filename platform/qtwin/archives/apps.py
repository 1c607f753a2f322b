"""The archives app: a whole project as one file, and back."""

from django.apps import AppConfig


class ArchivesConfig(AppConfig):
    name = "qtwin.archives"
    label = "archives"
