"""``data/project.json``: the project itself, and what the archive says of its own making."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

MEMBER = "data/project.json"
FORMAT = 4
FORMATS = (1, 2, 3, FORMAT)
"""1 had no campaigns, 2 had no calibrations, 3 had no comments and notes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The project's own row.

    Attributes:
        reading: `qtwin.twins.evidence.READING` of the release that wrote the archive.
        verified: Number and observable of each fit whose evidence had its digest.
    """

    id: str
    name: str
    description: str
    system: dict[str, Any]
    exported_at: str
    reading: int
    verified: list[list[Any]]
    format: int = FORMAT

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, document: Any) -> Head:
        """Read what `to_dict` wrote.

        Raises:
            ValueError: It is of another format, or a field is missing or of another kind.
        """
        if not isinstance(document, Mapping) or document.get("format") not in FORMATS:
            said = document.get("format") if isinstance(document, Mapping) else None
            raise ValueError(f"format {said!r}; allowed: {', '.join(map(str, FORMATS))}")
        kinds = {
            "id": str,
            "name": str,
            "description": str,
            "system": dict,
            "exported_at": str,
            "reading": int,
            "verified": list,
            "format": int,
        }
        wrong = [name for name, kind in kinds.items() if type(document.get(name)) is not kind]
        if wrong or set(document) != set(kinds):
            raise ValueError(
                f"fields {sorted(document)} (wrong: {wrong}); allowed: {sorted(kinds)}"
            )
        UUID(document["id"])
        if not 1 <= len(document["name"]) <= 120:
            raise ValueError("name is empty or longer than 120 characters")
        return cls(**document)
