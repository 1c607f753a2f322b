"""Writing, changing and taking back a comment."""

from __future__ import annotations

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from qtwin.accounts.acting import token_by
from qtwin.accounts.models import User
from qtwin.accounts.services import audit_record
from qtwin.comments.about import About, kind_of
from qtwin.comments.models import Comment, Mention
from qtwin.comments.models.comment import LONGEST
from qtwin.comments.people import Read, read
from qtwin.comments.selectors import people_named_by
from qtwin.comments.services.tell import mentions_tell
from qtwin.jobs.models import Event

MOST_NAMED = 20
WRITTEN = "comment.written"


class CommentRefused(ValueError):
    """The text cannot be a comment; the message says why."""


@transaction.atomic
def comment_create(*, about: About, text: str, by: User, origin: str) -> Comment:
    """Say something, and tell the people whom it names.

    Args:
        origin: Where this dashboard is, for the link in a mail: ``https://qtwin.example.org/``.

    Raises:
        CommentRefused: It is empty, too long, or names too many people.
    """
    found = _read(text, by, about)
    comment = Comment.objects.create(**about.columns, by=by, token=token_by(by), text=found.text)
    _name(comment, found, by)
    job = about.job or (about.measurement.job if about.measurement else None)
    Event.objects.create(
        project=about.project,
        job=job,
        kind=WRITTEN,
        data={"id": str(comment.pk), "about": about.kind, "mentions": len(found.named)},
    )
    mentions_tell(comment=comment, by=by, origin=origin)
    return comment


@transaction.atomic
def comment_edit(*, comment: Comment, text: str, by: User, origin: str) -> None:
    """Say it otherwise; people whom it names only now are told.

    Raises:
        CommentRefused: As above.
    """
    found = _read(text, by, About(project=comment.project))
    rows = Comment.objects.filter(pk=comment.pk, deleted_at=None).exclude(text=found.text)
    if not rows.update(text=found.text, edited_at=Now()):
        return
    comment.text, comment.edited_at = found.text, timezone.now()
    comment.mentions.exclude(user__in=found.named).delete()
    _name(comment, found, by)
    mentions_tell(comment=comment, by=by, origin=origin)


@transaction.atomic
def comment_delete(*, comment: Comment, by: User) -> None:
    """Take the text away; its place says that there was one."""
    rows = Comment.objects.filter(pk=comment.pk, deleted_at=None)
    if not rows.update(text="", deleted_at=Now()):
        return
    comment.mentions.all().delete()
    if comment.by_id != by.pk:
        audit_record(
            action="comment.delete",
            user=by,
            team=comment.project.team,
            target=f"comment:{comment.pk}",
            about=f"{kind_of(comment)}",
        )


def _read(text: str, by: User, about: About) -> Read:
    text = text.replace("\r\n", "\n").strip()
    if not text:
        raise CommentRefused("it is empty; write something")
    if "\0" in text:
        raise CommentRefused("it holds a NUL character; take that out")
    found = read(text, people_named_by(by, about.project))
    if len(found.text) > LONGEST:
        raise CommentRefused(f"it has {len(found.text)} characters; allowed: {LONGEST}")
    if len(found.named) > MOST_NAMED:
        raise CommentRefused(f"it names {len(found.named)} people; allowed: {MOST_NAMED}")
    return found


def _name(comment: Comment, found: Read, by: User) -> None:
    """A row for each; whoever names themselves has read it."""
    now = timezone.now()
    rows = [
        Mention(comment=comment, user_id=user_id, read_at=now if user_id == by.pk else None)
        for user_id in sorted(found.named)
    ]
    Mention.objects.bulk_create(rows, ignore_conflicts=True)
