"""Projects and their sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from qtwin.client.rows.row import Row


@dataclass(frozen=True, kw_only=True, eq=False)
class ControlRow(Row):
    """A parameter of the system, with its range."""

    name: str
    label: str = ""
    unit: str = ""
    lower: float
    upper: float


@dataclass(frozen=True, kw_only=True, eq=False)
class ObservableRow(Row):
    name: str
    label: str = ""
    unit: str = ""
    variational: bool = False


@dataclass(frozen=True, kw_only=True, eq=False)
class ProjectRow(Row):
    id: str
    name: str
    description: str = ""
    team: str = ""
    system: Mapping[str, Any] = field(repr=False, default_factory=dict)
    controls: tuple[ControlRow, ...] = ()
    observables: tuple[ObservableRow, ...] = ()
    created_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class SourceRow(Row):
    """A method on a backend with fixed settings."""

    id: str
    name: str
    label: str = ""
    role: str
    backend: str
    method: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    revision: int = 1
    created_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class BackendRow(Row):
    name: str
    title: str = ""
    kind: str = ""
    methods: tuple[str, ...] = ()
    max_qubits: int | None = None
    max_shots: int | None = None
    exact: bool = False
    paid: bool = False
    stopped: tuple[str, ...] = ()
