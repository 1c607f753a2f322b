"""Every write to comments."""

from qtwin.comments.services.comment import (
    CommentRefused,
    comment_create,
    comment_delete,
    comment_edit,
)
from qtwin.comments.services.inbox import mentions_read
from qtwin.comments.services.note import note_set

__all__ = [
    "CommentRefused",
    "comment_create",
    "comment_delete",
    "comment_edit",
    "mentions_read",
    "note_set",
]
