"""What is wrong with an archive."""

from __future__ import annotations


class ArchiveError(Exception):
    """Nothing was imported.

    Args:
        member: Name of the file in the archive, empty for the archive itself.
        detail: Names the value and what is allowed.
    """

    def __init__(self, member: str, detail: str) -> None:
        super().__init__(f"{member or 'the archive'}: {detail}")
        self.member = member
        self.detail = detail
