"""Comparisons of classifiers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from qtwin.client.rows.training import WorkRow


@dataclass(frozen=True, kw_only=True, eq=False)
class ClassifierRow(WorkRow):
    """A comparison as it was when it was asked; ``found`` is empty until it is done."""

    project: str
    asked: Mapping[str, Any] = field(default_factory=dict)

    @property
    def found(self) -> Mapping[str, Any]:
        """Accuracies with their intervals: docs/qml.md."""
        found: Mapping[str, Any] = self.document.get("document", {})
        return found

    @property
    def so_far(self) -> tuple[int, int, str]:
        """Comparisons made, one in all, and the state: what a bar shows."""
        return int(self.ended), 1, self.state

    def __str__(self) -> str:
        """The table."""
        from qtwin.qml.phases.document import table

        return table(dict(self.found)) if self.found else f"{self.state}: {self.reason}"
