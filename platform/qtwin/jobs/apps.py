"""The jobs app: the row that is the truth, its events, and the measurements that come of it."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "qtwin.jobs"
    label = "jobs"
