"""The note that is pinned to a project."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Now

from qtwin.accounts.models import User
from qtwin.accounts.services import audit_record
from qtwin.comments.models import Note
from qtwin.comments.models.note import LONGEST
from qtwin.comments.services.comment import CommentRefused
from qtwin.projects.models import Project
from qtwin.unchanged import ChangedSince


@transaction.atomic
def note_set(*, project: Project, text: str, by: User, seen: int | None) -> Note:
    """Write the note; an empty text takes it away.

    Args:
        seen: The revision that the writer saw, 0 for none; None to overwrite whatever there is.

    Raises:
        CommentRefused: It is too long.
        ChangedSince: Somebody wrote another one meanwhile.
    """
    text = text.replace("\r\n", "\n").strip()
    if len(text) > LONGEST:
        raise CommentRefused(f"it has {len(text)} characters; allowed: {LONGEST}")
    if "\0" in text:
        raise CommentRefused("it holds a NUL character; take that out")
    rows = Note.objects.filter(project=project)
    if seen:
        rows = rows.filter(revision=seen)
    changed = (
        rows.update(text=text, revision=F("revision") + 1, edited_by=by, edited_at=Now())
        if seen != 0
        else 0
    )
    if not changed:
        if seen:
            raise ChangedSince
        _make(project, text, by)
    audit_record(action="note.change", user=by, team=project.team, target=f"project:{project.pk}")
    return Note.objects.select_related("edited_by").get(project=project)


def _make(project: Project, text: str, by: User) -> None:
    try:
        with transaction.atomic():
            Note.objects.create(project=project, text=text, edited_by=by, edited_at=Now())
    except IntegrityError:
        raise ChangedSince from None
