"""Imported data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from qtwin.client.rows.row import Row


@dataclass(frozen=True, kw_only=True, eq=False)
class DatasetRow(Row):
    """Published or lab data, with where they come from."""

    id: str
    project: str
    name: str
    citation: str
    licence: str = ""
    sha256: str = ""
    observables: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    measurements: int = 0
    invalidated: int = 0
    warnings: tuple[str, ...] = ()
    created_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class ImportRow(Row):
    """An archive on its way to become a project."""

    id: str
    team: str = ""
    state: str
    project: str | None = None
    ids_kept: bool | None = None
    created_at: datetime | None = None
    finished_at: datetime | None = None

    @property
    def ended(self) -> bool:
        return self.state in ("done", "failed")
