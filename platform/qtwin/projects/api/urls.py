"""Routes of projects."""

from django.urls import path

from qtwin.projects.api.backend import BackendsView
from qtwin.projects.api.project import ProjectsView, ProjectView
from qtwin.projects.api.source import SourcesView, SourceView

urlpatterns = [
    path("backends", BackendsView.as_view()),
    path("projects", ProjectsView.as_view()),
    path("projects/<uuid:project_id>", ProjectView.as_view()),
    path("projects/<uuid:project_id>/sources", SourcesView.as_view()),
    path("projects/<uuid:project_id>/sources/<slug:name>", SourceView.as_view()),
]
