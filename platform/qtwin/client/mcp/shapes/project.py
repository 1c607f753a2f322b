"""Projects, their sources, and where sources run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from pydantic import Field

from qtwin.client.mcp.shapes.shape import Shape
from qtwin.client.mcp.told import MOST_ITEMS, Others, others, others_in
from qtwin.client.rows.project import BackendRow, ProjectRow, SourceRow


class Control(Shape):
    name: str
    label: Others
    unit: str
    lower: float
    upper: float


class Observable(Shape):
    name: str
    label: Others
    unit: str


class ProjectSeen(Shape):
    id: str
    name: Others
    description: Others
    controls: list[Control] = Field(description="In the order of a point's numbers.")
    observables: list[Observable]

    @classmethod
    def of(cls, row: ProjectRow) -> Self:
        return cls(
            id=row.id,
            name=others(row.name),
            description=others(row.description),
            controls=[
                Control(
                    name=one.name,
                    label=others(one.label),
                    unit=one.unit,
                    lower=one.lower,
                    upper=one.upper,
                )
                for one in row.controls[:MOST_ITEMS]
            ],
            observables=[
                Observable(name=one.name, label=others(one.label), unit=one.unit)
                for one in row.observables[:MOST_ITEMS]
            ],
        )


class SourceSeen(Shape):
    """A method on a backend with fixed settings."""

    name: str = Field(description="By which jobs and prices name it.")
    label: Others
    role: str = Field(description="reference, approximation or device.")
    backend: str
    method: str
    settings: dict[str, Any]
    revision: int

    @classmethod
    def of(cls, row: SourceRow) -> Self:
        settings: Mapping[str, Any] = row.settings
        return cls(
            name=row.name,
            label=others(row.label),
            role=row.role,
            backend=row.backend,
            method=row.method,
            settings=others_in(dict(settings)),
            revision=row.revision,
        )


class BackendSeen(Shape):
    name: str
    title: Others
    kind: str
    methods: list[str]
    max_qubits: int | None
    max_shots: int | None
    exact: bool
    paid: bool
    stopped: list[Others] = Field(description="Why no new job of yours starts on it.")

    @classmethod
    def of(cls, row: BackendRow) -> Self:
        return cls(
            name=row.name,
            title=others(row.title),
            kind=row.kind,
            methods=list(row.methods),
            max_qubits=row.max_qubits,
            max_shots=row.max_shots,
            exact=row.exact,
            paid=row.paid,
            stopped=[others(why) for why in row.stopped[:MOST_ITEMS]],
        )
