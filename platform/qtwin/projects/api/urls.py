"""Routes of projects."""

from django.urls import path

from qtwin.projects.api.backend import BackendsView, BackendView
from qtwin.projects.api.budget import BudgetsView, SpendingView
from qtwin.projects.api.ledger import LedgerView
from qtwin.projects.api.member import ProjectLeaveView, ProjectMembersView, ProjectMemberView
from qtwin.projects.api.project import ProjectsView, ProjectView
from qtwin.projects.api.rights import RightsView
from qtwin.projects.api.sharing import LinksView, LinkView, SharingView
from qtwin.projects.api.source import SourcesView, SourceView
from qtwin.projects.api.stop import BackendStartView, BackendStopView
from qtwin.projects.api.system import ControlsView, ObservablesView
from qtwin.projects.api.token import TokensView, TokenView
from qtwin.projects.api.validate import BackendValidateView

urlpatterns = [
    path("backends", BackendsView.as_view()),
    path("backends/<str:name>:stop", BackendStopView.as_view()),
    path("backends/<str:name>:start", BackendStartView.as_view()),
    path("backends/<str:name>:validate", BackendValidateView.as_view()),
    path("backends/<str:name>", BackendView.as_view()),
    path("me/tokens", TokensView.as_view()),
    path("me/tokens/<uuid:token_id>", TokenView.as_view()),
    path("projects", ProjectsView.as_view()),
    path("projects/<uuid:project_id>", ProjectView.as_view()),
    path("projects/<uuid:project_id>/rights", RightsView.as_view()),
    path("projects/<uuid:project_id>/controls", ControlsView.as_view()),
    path("projects/<uuid:project_id>/observables", ObservablesView.as_view()),
    path("projects/<uuid:project_id>/budgets", BudgetsView.as_view()),
    path("projects/<uuid:project_id>/ledger", LedgerView.as_view()),
    path("projects/<uuid:project_id>/spending", SpendingView.as_view()),
    path("projects/<uuid:project_id>/sharing", SharingView.as_view()),
    path("projects/<uuid:project_id>/links", LinksView.as_view()),
    path("projects/<uuid:project_id>/links/<uuid:link_id>", LinkView.as_view()),
    path("projects/<uuid:project_id>:leave", ProjectLeaveView.as_view()),
    path("projects/<uuid:project_id>/members", ProjectMembersView.as_view()),
    path("projects/<uuid:project_id>/members/<uuid:user_id>", ProjectMemberView.as_view()),
    path("projects/<uuid:project_id>/sources", SourcesView.as_view()),
    path("projects/<uuid:project_id>/sources/<slug:name>", SourceView.as_view()),
]
