"""Routes of comments."""

from django.urls import path

from qtwin.comments.api.comment import CommentView, ProjectCommentsView
from qtwin.comments.api.mention import MentionsReadView, MentionsView
from qtwin.comments.api.note import NoteView

urlpatterns = [
    path("projects/<uuid:project_id>/comments", ProjectCommentsView.as_view()),
    path("projects/<uuid:project_id>/note", NoteView.as_view()),
    path("comments/<uuid:comment_id>", CommentView.as_view()),
    path("me/mentions", MentionsView.as_view()),
    path("me/mentions:read", MentionsReadView.as_view()),
]
