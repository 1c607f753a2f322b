"""Reads of comments, already filtered by who may see them: who may see what they are about.

Visitors, whom a link or nothing but the address shows a project, see none.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from qtwin.accounts.acting import is_agent
from qtwin.accounts.models import User
from qtwin.comments.about import About
from qtwin.comments.models import Comment, Mention, Note
from qtwin.projects.models import Project
from qtwin.projects.roster import roster_shown
from qtwin.projects.selectors import projects_managed_by, projects_visible_to

MOST_COUNTED = 100


def comments_visible_to(user: User | AnonymousUser) -> QuerySet[Comment]:
    """Comments in the user's projects, newest first."""
    rows = Comment.objects.filter(project__in=projects_visible_to(user).order_by())
    return _whole(rows).order_by("-created_at", "-id")


def comments_about(about: About, most: int) -> list[Comment]:
    """The newest comments about a thing and its parts, newest first.

    Those about a project's jobs, points and versions are about it too, as are those about a job's
    points about the job.
    """
    where = Q(project=about.project)
    if about.job is not None:
        where &= Q(job=about.job) | Q(measurement__job=about.job)
    elif about.measurement is not None:
        where &= Q(measurement=about.measurement)
    elif about.version is not None:
        where &= Q(version=about.version)
    newest = Comment.objects.filter(where).order_by("-created_at", "-id")
    ids = list(newest.values_list("pk", flat=True)[:most])
    if not ids:  # of most things: all that a row needs takes long to ask for
        return []
    return list(_whole(Comment.objects.filter(pk__in=ids)).order_by("-created_at", "-id"))


def comments_editable_by(user: User | AnonymousUser) -> QuerySet[Comment]:
    """Comments that the user wrote and may change; an agent changes none."""
    rows = comments_visible_to(user).filter(by=user.pk, deleted_at=None)
    return rows.none() if is_agent(user) else rows


def comments_deletable_by(user: User | AnonymousUser) -> QuerySet[Comment]:
    """The user's own, and those in projects that they manage."""
    rows = comments_visible_to(user).filter(deleted_at=None)
    managed = projects_managed_by(user).order_by()
    return rows.none() if is_agent(user) else rows.filter(Q(by=user.pk) | Q(project__in=managed))


def mentions_of(user: User | AnonymousUser) -> QuerySet[Mention]:
    """Where others named the user, as far as they still see it, newest first."""
    rows = Mention.objects.filter(
        user=user.pk,
        comment__deleted_at=None,
        comment__project__in=projects_visible_to(user).order_by(),
    ).exclude(comment__by=user.pk)
    return rows.select_related(
        *("comment__by", "comment__project", "comment__version"),
        "comment__job__source_revision__source",
        "comment__measurement__source_revision__source",
    ).order_by("-created_at", "-id")


def mentions_unread(user: User | AnonymousUser) -> int:
    """How many of them the user has not read; at most `MOST_COUNTED`."""
    unread = Mention.objects.filter(user=user.pk, read_at=None)
    if not unread.exists():  # an index alone says so, on nearly every page
        return 0
    return mentions_of(user).filter(read_at=None).order_by()[:MOST_COUNTED].count()


def people_named_by(user: User, project: Project) -> list[User]:
    """Whom the user may name in a comment: the people of the project whom they see."""
    return [place.user for place in roster_shown(project, user)]


def names_in(comments: Iterable[Comment]) -> dict[UUID, str]:
    """Names of the people whom comments of `comments_visible_to` name."""
    return {
        mention.user_id: mention.user.name
        for comment in comments
        for mention in comment.mentions.all()
    }


def note_of(project: Project) -> Note | None:
    """What is pinned to the project; one that was emptied has no text."""
    return Note.objects.filter(project=project).select_related("edited_by").first()


def _whole(rows: QuerySet[Comment]) -> QuerySet[Comment]:
    linked = rows.select_related(
        *("by", "token", "project__team", "version"),
        *("job__source_revision__source", "measurement__source_revision__source"),
    )
    heavy = ("job__points", "job__knob_values", "project__system")
    return linked.defer(*heavy).prefetch_related("mentions__user")
