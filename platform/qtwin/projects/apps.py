"""The projects app: one physical system, what is wanted of it, its sources and its budget."""

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "qtwin.projects"
    label = "projects"
