"""Comments and notes from the pages that show them, and the inbox."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from qtwin.comments.about import About, Thing
from qtwin.comments.models import Comment, Mention
from qtwin.comments.selectors import (
    comments_deletable_by,
    comments_editable_by,
    comments_visible_to,
    mentions_of,
)
from qtwin.comments.services import (
    CommentRefused,
    comment_create,
    comment_delete,
    comment_edit,
    mentions_read,
    note_set,
)
from qtwin.jobs.models import Job, Measurement
from qtwin.projects.models import Project
from qtwin.projects.selectors import projects_visible_to, projects_writable_by
from qtwin.twins.models import TwinVersion
from qtwin.unchanged import ChangedSince
from qtwin.web.comments import label_of, page_of
from qtwin.web.typed import typed_uuid

INBOX = 100


@login_required
@require_POST
def comment_write(request: HttpRequest, project_id: UUID) -> HttpResponse:
    """Write one about the project, or about what of it the form names."""
    user: Any = request.user
    rows = projects_visible_to(user).select_related("team")
    project = get_object_or_404(rows, pk=project_id)
    about = About.of(_thing(request, project))
    try:
        made = comment_create(
            about=about, text=request.POST.get("text", ""), by=user, origin=_origin(request)
        )
    except CommentRefused as error:
        hidden = {name: request.POST[name] for name in NAMED if name in request.POST}
        return _refused(request, str(error), project, hidden)
    return _show(made)


@login_required
@require_safe
def comment_open(request: HttpRequest, comment_id: UUID) -> HttpResponse:
    """Where the comment is."""
    return _show(get_object_or_404(comments_visible_to(_user(request)), pk=comment_id))


@login_required
@require_POST
def comment_action(request: HttpRequest, comment_id: UUID, verb: str) -> HttpResponse:
    """Edit, delete, or mark as read."""
    user = _user(request)
    rows = {"edit": comments_editable_by, "delete": comments_deletable_by}
    if verb not in {*rows, "read"}:
        raise Http404
    comment = get_object_or_404(rows.get(verb, comments_visible_to)(user), pk=comment_id)
    if verb == "read":
        own = Mention.objects.filter(comment=comment, user=user).values_list("pk", flat=True)
        mentions_read(user=user, only=list(own))
    elif verb == "delete":
        comment_delete(comment=comment, by=user)
    else:
        text = request.POST.get("text", "")
        try:
            comment_edit(comment=comment, text=text, by=user, origin=_origin(request))
        except CommentRefused as error:
            return _refused(request, str(error), comment.project, {})
    return _show(comment)


@login_required
@require_POST
def note_write(request: HttpRequest, project_id: UUID) -> HttpResponse:
    user = _user(request)
    rows = projects_writable_by(user).select_related("team")
    project = get_object_or_404(rows, pk=project_id)
    said = request.POST.get("revision", "")
    seen = int(said) if said.isdecimal() and len(said) < 10 else 0
    try:
        note_set(project=project, text=request.POST.get("text", ""), by=user, seen=seen)
    except CommentRefused as error:
        return _refused(request, str(error), project, {})
    except ChangedSince:
        why = "somebody changed the note since you opened it. Copy your text, and edit theirs"
        return _refused(request, why, project, {}, status=409)
    return redirect("web:project", project_id=project.pk)


@login_required
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """Comments of others that name the viewer."""
    rows = list(mentions_of(_user(request))[: INBOX + 1])
    lines = [{"row": row, "label": label_of(row.comment)} for row in rows[:INBOX]]
    unread = any(row.read_at is None for row in rows)
    context = {"lines": lines, "more": len(rows) > INBOX, "any_unread": unread}
    return render(request, "comments/inbox.html", context)


@login_required
@require_POST
def inbox_read(request: HttpRequest) -> HttpResponse:
    mentions_read(user=_user(request))
    return redirect("web:inbox")


NAMED = ("job", "measurement", "version")


def _thing(request: HttpRequest, project: Project) -> Thing:
    """What the form names.

    Raises:
        Http404: It is none of the project.
    """
    for name, rows in (
        ("job", Job.objects.filter(project=project)),
        ("measurement", Measurement.objects.filter(project=project)),
        ("version", TwinVersion.objects.filter(twin__project=project)),
    ):
        if name in request.POST:
            thing: Any = get_object_or_404(rows, pk=typed_uuid(request.POST[name]))
            return thing  # type: ignore[no-any-return]  # one of the three
    return project


def _show(comment: Comment) -> HttpResponse:
    return redirect(f"{page_of(comment)}#comment-{comment.pk}")


def _refused(
    request: HttpRequest, why: str, project: Project, hidden: dict[str, str], status: int = 400
) -> HttpResponse:
    """The text again, with what is wrong with it."""
    context = {
        "why": why,
        "project": project,
        "hidden": hidden,
        "text": request.POST.get("text", ""),
        "again": status == 400,
        "revision": request.POST.get("revision"),
    }
    return render(request, "comments/refused.html", context, status=status)


def _origin(request: HttpRequest) -> str:
    return request.build_absolute_uri("/")


def _user(request: HttpRequest) -> Any:
    return request.user
