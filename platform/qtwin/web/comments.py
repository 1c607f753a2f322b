"""Comments as a page shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString

from qtwin.accounts.models import User
from qtwin.comments.about import About, Thing, kind_of
from qtwin.comments.markup import markup
from qtwin.comments.models import Comment
from qtwin.comments.people import unknown, written
from qtwin.comments.selectors import (
    comments_about,
    comments_deletable_by,
    comments_editable_by,
    names_in,
    note_of,
)
from qtwin.projects.models import Project
from qtwin.projects.selectors import projects_visible_to

SHOWN = 50
LONG_NOTE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One comment.

    Attributes:
        typed: Its text as its writer typed it.
        unknown: Words in it that look as if they named somebody; for its writer.
        label: What it is about, where that is not the page's thing, and where that is.
    """

    row: Comment
    html: SafeString
    typed: str
    mine: bool
    deletable: bool
    unknown: list[str]
    label: str
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """The newest comments about something, the oldest of them first."""

    about: About
    lines: list[Line]
    more: bool


def thread(user: User | AnonymousUser, thing: Thing) -> Thread | None:
    """What the page of a thing shows below it; None for who may not read it."""
    about = About.of(thing)
    if not projects_visible_to(user).filter(pk=about.project.pk).exists():
        return None
    rows = comments_about(about, SHOWN + 1)
    if not rows:
        return Thread(about=about, lines=[], more=False)
    page = rows[:SHOWN][::-1]
    ids = [row.pk for row in page]
    mine = set(comments_editable_by(user).filter(pk__in=ids).values_list("pk", flat=True))
    theirs = set(comments_deletable_by(user).filter(pk__in=ids).values_list("pk", flat=True))
    lines = [_line(row, about, mine=row.pk in mine, deletable=row.pk in theirs) for row in page]
    return Thread(about=about, lines=lines, more=len(rows) > SHOWN)


def _line(row: Comment, about: About, *, mine: bool, deletable: bool) -> Line:
    names = names_in([row])
    here = kind_of(row) == about.kind
    return Line(
        row=row,
        html=markup(row.text, names),
        typed=written(row.text, names),
        mine=mine,
        deletable=deletable,
        unknown=unknown(row.text) if mine else [],
        label="" if here else label_of(row),
        link="" if here else page_of(row),
    )


def label_of(comment: Comment) -> str:
    """What a comment is about, in words."""
    if comment.job is not None:
        return f"the job of {comment.job.source_revision.source.label}"
    if comment.measurement is not None:
        point = ", ".join(f"{value:g}" for value in comment.measurement.point)
        return f"{comment.measurement.source_revision.source.label} at {point}"
    if comment.version is not None:
        return f"twin version {comment.version.number}"
    return "the project"


def page_of(comment: Comment) -> str:
    """The page that shows what a comment is about."""
    if comment.job_id is not None:
        return reverse("web:job", args=[comment.job_id])
    if comment.measurement is not None:
        try:
            return reverse("web:measurement", kwargs={"measurement_id": comment.measurement_id})
        except NoReverseMatch:
            if comment.measurement.job_id is not None:
                return reverse("web:job", args=[comment.measurement.job_id])
    return reverse("web:project", args=[comment.project_id])


def pinned(project: Project, *, may_write: bool) -> dict[str, Any] | None:
    """The note of a project, for who may read it; None where there is nothing to do."""
    row = note_of(project)
    text = row.text if row else ""
    if not text and not may_write:
        return None
    return {
        "row": row,
        "text": text,
        "html": markup(text, {}),
        "title": text.partition("\n")[0].lstrip("#").strip(),
        "long": len(text) > LONG_NOTE,
        "revision": row.revision if row else 0,
        "may_write": may_write,
    }
