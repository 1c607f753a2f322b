"""The stages of transfer reports: what they are called, and which a form has chosen."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict

TITLES = {
    "nominal": "Nominal twin",
    "randomised": "Randomised twins",
    "held_out": "Held-out twin version",
    "noisy": "Noisy device model",
    "qpu": "QPU",
}
AT_FIRST = ("nominal", "randomised")


def stage_choices(typed: QueryDict) -> list[dict[str, Any]]:
    """Every stage, and whether it is chosen; before anything was typed, the usual ones are."""
    chosen = typed.getlist("stage") if typed else AT_FIRST
    labels = TITLES | {"qpu": "QPU, by a job of its own"}
    return [
        {"name": name, "label": label, "chosen": name in chosen} for name, label in labels.items()
    ]
