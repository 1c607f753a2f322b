"""The form of a comparison of classifiers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from qtwin.projects.models import Project
from qtwin.qml.phases.names import BASELINE, TITLES
from qtwin.web.worlds.forms import Form

NUMBERS = ("transition", "margin", "shots", "readings", "folds", "seed")


@dataclass(kw_only=True)
class ClassifierForm(Form):
    """``control``, the numbers, and ``method`` and ``source`` several times."""

    project: Project

    @property
    def controls(self) -> list[str]:
        return [str(one["name"]) for one in self.project.system.get("controls", ())]

    @property
    def methods(self) -> list[dict[str, Any]]:
        """Every classifier, and whether it is chosen; the baseline always is."""
        chosen = self.typed.getlist("method") if self.typed else list(TITLES)
        return [
            {
                "name": name,
                "title": title,
                "chosen": name in chosen or name == BASELINE,
                "baseline": name == BASELINE,
            }
            for name, title in TITLES.items()
        ]

    @property
    def sources(self) -> list[dict[str, Any]]:
        """Every source of the project, and whether it is chosen."""
        chosen = self.typed.getlist("source")
        rows = self.project.sources.order_by("name")
        return [
            {"name": row.name, "label": row.label, "chosen": row.name in chosen} for row in rows
        ]

    def body(self) -> dict[str, Any]:
        """What ``POST /projects/{id}/classifiers`` would be sent."""
        chosen = self.typed.getlist("method")
        return {
            "control": self.values.get("control", ""),
            "methods": [*chosen, *[BASELINE][: BASELINE not in chosen]],
            "sources": self.typed.getlist("source"),
            **self.numbers(*NUMBERS),
        }
