"""What people wrote to each other, without them."""

from __future__ import annotations

from qtwin.archives.tables.table import Table, of
from qtwin.comments.models import Comment, Note

COMMENTS = Table(
    name="comments",
    what="Comments on the project, its jobs, measurements and versions, without their people",
    model=Comment,
    rows=of(Comment, "project"),
    owner="project",
    key="id",
    columns=("id", "text", "created_at", "edited_at", "deleted_at"),
    links={"job": "jobs", "measurement": "measurements", "version": "versions"},
    since=4,
)
NOTES = Table(
    name="notes",
    what="The note that is pinned to the project",
    model=Note,
    rows=of(Note, "project"),
    owner="project",
    columns=("text", "edited_at"),
    since=4,
)
