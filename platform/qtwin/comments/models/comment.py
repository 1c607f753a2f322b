"""A comment, and the people whom it names."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from qtwin.accounts.ids import new_id
from qtwin.accounts.models import ApiToken, User
from qtwin.jobs.models import Job, Measurement
from qtwin.projects.models import Project
from qtwin.twins.models import TwinVersion

LONGEST = 4000


class Comment(models.Model):
    """About the project itself where it names no job, measurement or version.

    ``text`` names people by their ids, as ``@[…]`` (`qtwin.comments.people`), so that it follows
    their names, and forgets them with their account. A deleted one has none, and keeps its place.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="comments")
    job = models.ForeignKey(Job, null=True, on_delete=models.CASCADE, related_name="comments")
    measurement = models.ForeignKey(
        Measurement, null=True, on_delete=models.CASCADE, related_name="comments"
    )
    version = models.ForeignKey(
        TwinVersion, null=True, on_delete=models.CASCADE, related_name="comments"
    )
    by = models.ForeignKey(
        User,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="null: it came with an archive, which holds no people.",
    )
    token = models.ForeignKey(ApiToken, null=True, on_delete=models.SET_NULL, related_name="+")
    text = models.TextField(blank=True, max_length=LONGEST)
    created_at = models.DateTimeField(auto_now_add=True)
    edited_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["project", "-created_at", "-id"], name="comment_by_place")]
        constraints = [
            models.CheckConstraint(
                condition=Q(job=None, measurement=None)
                | Q(job=None, version=None)
                | Q(measurement=None, version=None),
                name="comment_about_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(deleted_at=None) & ~Q(text="") | Q(deleted_at__isnull=False, text=""),
                name="comment_says_something_or_is_deleted",
            ),
        ]


class Mention(models.Model):
    """Somebody is named in a comment; a row of their inbox."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="mentions")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="mentions")
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["user", "-created_at", "-id"], name="mention_by_user"),
            models.Index(fields=["user"], name="mention_unread", condition=Q(read_at=None)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["comment", "user"], name="mention_once"),
        ]
