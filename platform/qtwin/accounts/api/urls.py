"""Routes of accounts."""

from django.urls import path

from qtwin.accounts.api import schema  # noqa: F401 - registers the security schemes
from qtwin.accounts.api.me import MeView, TokensView, TokenView
from qtwin.accounts.api.members import MembersView, MemberView

urlpatterns = [
    path("me", MeView.as_view()),
    path("me/tokens", TokensView.as_view()),
    path("me/tokens/<uuid:token_id>", TokenView.as_view()),
    path("teams/<uuid:team_id>/members", MembersView.as_view()),
    path("teams/<uuid:team_id>/members/<uuid:user_id>", MemberView.as_view()),
]
