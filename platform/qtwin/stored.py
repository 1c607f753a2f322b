"""What may be wrong with stored bytes (`qtwin.projects.storage`), for whoever answers for them."""

from __future__ import annotations


class Corrupt(Exception):
    """Stored bytes no longer match their digest."""


class Away(OSError):
    """The store does not answer, or takes nothing, for now; nothing is known to be lost."""


class Erased(FileNotFoundError):
    """The bytes are kept no longer, on purpose."""
