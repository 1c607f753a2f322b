"""Routes of projects."""

from django.urls import path

from qtwin.projects.api.backend import BackendsView
from qtwin.projects.api.budget import BudgetsView, LedgerView, SpendingView
from qtwin.projects.api.project import ProjectsView, ProjectView
from qtwin.projects.api.source import SourcesView, SourceView
from qtwin.projects.api.stop import BackendStartView, BackendStopView

urlpatterns = [
    path("backends", BackendsView.as_view()),
    path("backends/<str:name>:stop", BackendStopView.as_view()),
    path("backends/<str:name>:start", BackendStartView.as_view()),
    path("projects", ProjectsView.as_view()),
    path("projects/<uuid:project_id>", ProjectView.as_view()),
    path("projects/<uuid:project_id>/budgets", BudgetsView.as_view()),
    path("projects/<uuid:project_id>/ledger", LedgerView.as_view()),
    path("projects/<uuid:project_id>/spending", SpendingView.as_view()),
    path("projects/<uuid:project_id>/sources", SourcesView.as_view()),
    path("projects/<uuid:project_id>/sources/<slug:name>", SourceView.as_view()),
]
