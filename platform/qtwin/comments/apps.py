"""The comments app: what people write to each other about projects, jobs, points and versions."""

from django.apps import AppConfig


class CommentsConfig(AppConfig):
    name = "qtwin.comments"
    label = "comments"
