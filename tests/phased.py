"""A comparison of classifiers as a worker writes it, of a small ring in mean field.

Below its transition a ring of spins has the magnetisation ``(1 - h**2) ** 0.5`` along z, up or down
as a whole, and none above; along x it has ``min(h, 1)``.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from django.utils import timezone

from qtwin.accounts.models import User
from qtwin.projects.models import Project
from qtwin.qml.phases.document import document
from qtwin.qml.phases.folds import Transition
from qtwin.qml.phases.measured import Measured
from qtwin.qml.phases.study import Plan, study
from qtwin.training.models import Classifier

SPINS, SHOTS = 4, 24
FIELDS = (0.1, 0.3, 0.5, 0.7, 0.95, 1.2, 1.4, 1.6, 1.8)


@lru_cache(maxsize=1)
def found() -> dict[str, Any]:
    """All five classifiers, on two folds."""
    rng = np.random.default_rng(3)
    rows = [
        Measured(
            value=field,
            source="ramp",
            counts={"Z" * SPINS: _ordered(field, rng), "X" * SPINS: _along(min(field, 1.0), rng)},
        )
        for field in FIELDS
    ]
    plan = Plan(transition=Transition(value=1.0, margin=0.1), shots=6, readings=2, folds=2)
    return document(study(rows, plan)) | {"control": "field", "jobs": []}


def _ordered(field: float, rng: np.random.Generator) -> dict[str, int]:
    size = max(0.0, 1 - field**2) ** 0.5
    return _counts([_shot(size * rng.choice([-1, 1]), rng) for _ in range(SHOTS)])


def _along(mean: float, rng: np.random.Generator) -> dict[str, int]:
    return _counts([_shot(mean, rng) for _ in range(SHOTS)])


def _shot(mean: float, rng: np.random.Generator) -> str:
    return "".join("1" if rng.random() > (1 + mean) / 2 else "0" for _ in range(SPINS))


def _counts(shots: list[str]) -> dict[str, int]:
    return {shot: shots.count(shot) for shot in set(shots)}


def classifier_of(project: Project, user: User) -> Classifier:
    """A comparison that a worker has made."""
    return Classifier.objects.create(
        project=project,
        asked={"control": "field", "transition": 1.0, "margin": 0.1, "sources": [], "folds": 2}
        | {"seed": 0},
        document=found(),
        created_by=user,
        state="done",
        finished_at=timezone.now(),
    )
