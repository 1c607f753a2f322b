"""The training app: worlds, training runs, policies, and how policies transfer."""

from django.apps import AppConfig


class TrainingConfig(AppConfig):
    name = "qtwin.training"
    label = "training"
