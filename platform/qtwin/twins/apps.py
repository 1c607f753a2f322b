"""The twins app: the model of each project, its versions and its predictions."""

from django.apps import AppConfig


class TwinsConfig(AppConfig):
    name = "qtwin.twins"
    label = "twins"
