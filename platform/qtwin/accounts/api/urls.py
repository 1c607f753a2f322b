"""Routes of accounts."""

from django.urls import path

from qtwin.accounts.api import schema  # noqa: F401 - registers the security schemes
from qtwin.accounts.api.audit import AuditView
from qtwin.accounts.api.credentials import (
    CredentialRevokeView,
    CredentialsView,
    CredentialTestView,
)
from qtwin.accounts.api.devices import DevicesRefreshView, DevicesView
from qtwin.accounts.api.invitations import (
    InvitationAcceptView,
    InvitationsView,
    InvitationView,
)
from qtwin.accounts.api.members import MembersView, MemberView
from qtwin.accounts.api.teams import TeamHandOverView, TeamLeaveView, TeamsView, TeamView

urlpatterns = [
    path("invitations:accept", InvitationAcceptView.as_view()),
    path("teams", TeamsView.as_view()),
    path("teams/<uuid:team_id>", TeamView.as_view()),
    path("teams/<uuid:team_id>:leave", TeamLeaveView.as_view()),
    path("teams/<uuid:team_id>:hand-over", TeamHandOverView.as_view()),
    path("teams/<uuid:team_id>/invitations", InvitationsView.as_view()),
    path("teams/<uuid:team_id>/invitations/<uuid:invitation_id>", InvitationView.as_view()),
    path("teams/<uuid:team_id>/credentials", CredentialsView.as_view()),
    path(
        "teams/<uuid:team_id>/credentials/<uuid:credential_id>:revoke",
        CredentialRevokeView.as_view(),
    ),
    path(
        "teams/<uuid:team_id>/credentials/<uuid:credential_id>:test", CredentialTestView.as_view()
    ),
    path("teams/<uuid:team_id>/devices", DevicesView.as_view()),
    path("teams/<uuid:team_id>/devices:refresh", DevicesRefreshView.as_view()),
    path("teams/<uuid:team_id>/audit", AuditView.as_view()),
    path("teams/<uuid:team_id>/members", MembersView.as_view()),
    path("teams/<uuid:team_id>/members/<uuid:user_id>", MemberView.as_view()),
]
