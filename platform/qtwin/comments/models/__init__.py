"""Tables of comments."""

from qtwin.comments.models.comment import Comment, Mention
from qtwin.comments.models.note import Note

__all__ = ["Comment", "Mention", "Note"]
