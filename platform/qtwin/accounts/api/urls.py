"""Routes of accounts."""

from django.urls import path

from qtwin.accounts.api import schema  # noqa: F401 - registers the security schemes
from qtwin.accounts.api.credentials import (
    CredentialRevokeView,
    CredentialsView,
    CredentialTestView,
)
from qtwin.accounts.api.devices import DevicesRefreshView, DevicesView
from qtwin.accounts.api.me import MeView, TokensView, TokenView
from qtwin.accounts.api.members import MembersView, MemberView

urlpatterns = [
    path("me", MeView.as_view()),
    path("me/tokens", TokensView.as_view()),
    path("me/tokens/<uuid:token_id>", TokenView.as_view()),
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
    path("teams/<uuid:team_id>/members", MembersView.as_view()),
    path("teams/<uuid:team_id>/members/<uuid:user_id>", MemberView.as_view()),
]
