"""The demo project: H2 dissociation, from six sources that each really compute."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.db import transaction

from qtwin.accounts.models import Team, User
from qtwin.accounts.services import team_create
from qtwin.projects.models import Project
from qtwin.projects.services import project_create, source_create

TEAM = "Demo team"
EMAIL = "demo@qtwin.localhost"
NAME = "H2 dissociation"
DESCRIPTION = (
    "The ground-state energy of the hydrogen molecule while its bond is stretched: cheap "
    "approximations, a few exact points, and a variational circuit with and without device noise."
)
SYSTEM: dict[str, Any] = {
    "kind": "molecule",
    "schema_version": 1,
    "atoms": [
        {"element": "H", "position": [0, 0, 0]},
        {"element": "H", "position": [0, 0, "bond_length"]},
    ],
    "charge": 0,
    "spin": 0,
    "basis": "sto-3g",
    "mapping": "jordan_wigner",
    "controls": [
        {
            "name": "bond_length",
            "label": "Bond length",
            "unit": "angstrom",
            "lower": 0.3,
            "upper": 2.5,
        }
    ],
}
SOURCES: tuple[dict[str, Any], ...] = (
    {"name": "hf", "label": "HF", "role": "approximation", "backend": "pyscf", "method": "hf"},
    {"name": "mp2", "label": "MP2", "role": "approximation", "backend": "pyscf", "method": "mp2"},
    {
        "name": "ccsd",
        "label": "CCSD",
        "role": "approximation",
        "backend": "pyscf",
        "method": "ccsd",
    },
    {"name": "fci", "label": "FCI", "role": "reference", "backend": "pyscf", "method": "fci"},
    {
        "name": "vqe-ideal",
        "label": "VQE, ideal simulator",
        "role": "device",
        "backend": "aer",
        "method": "vqe",
    },
    {
        "name": "vqe-noisy",
        "label": "VQE, noisy device model",
        "role": "device",
        "backend": "fake-ibm",
        "method": "vqe",
        "settings": {"device": "FakeManilaV2"},
    },
)
NEAR_THE_WALL = [0.3, 0.35, 0.4, 0.45, 0.5, 0.55]
"""The curve bends hardest where the nuclei repel each other, so points are closer there."""
SWEEP = [*NEAR_THE_WALL, *(round(0.6 + 0.1 * step, 4) for step in range(20))]
EXACT = [0.3, 0.36, 0.45, 0.6, 0.7414, 1.0, 1.4, 1.9, 2.5]
SAMPLED = [0.3, 0.4, 0.5, 0.6, 0.75, 0.9, 1.1, 1.3, 1.6, 1.9, 2.2, 2.5]
AMPLIFIED = SAMPLED[1::2]
SHOTS = 4000


def demo_jobs() -> list[dict[str, Any]]:
    """Bodies to post to the demo project, each with an Idempotency-Key made of its content."""
    sampled = {"shots": SHOTS}
    bodies: list[dict[str, Any]] = [
        {"source": "hf", "points": SWEEP},
        {"source": "mp2", "points": SWEEP},
        {"source": "ccsd", "points": SWEEP},
        {"source": "fci", "points": EXACT},
        {"source": "vqe-ideal", "points": SAMPLED, "seed": 11, **sampled},
        {"source": "vqe-noisy", "points": SAMPLED, "seed": 12, **_gain(1), **sampled},
        {"source": "vqe-noisy", "points": AMPLIFIED, "seed": 13, **_gain(3), **sampled},
        {"source": "vqe-noisy", "points": AMPLIFIED, "seed": 14, **_gain(5), **sampled},
    ]
    return [{"idempotency_key": _key(body), "body": body} for body in bodies]


def _key(body: dict[str, Any]) -> str:
    """A second run repeats its keys; another version of the demo has others, and no conflict."""
    digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
    return f"demo-{body['source']}-{digest[:16]}"


@transaction.atomic
def demo_seed() -> tuple[User, Project]:
    """The demo user and project, made if they are not there yet."""
    user = User.objects.filter(email=EMAIL).first() or User.objects.create_user(EMAIL, "Demo")
    team = Team.objects.filter(name=TEAM, memberships__user=user).first()
    team = team or team_create(name=TEAM, owner=user)
    project = Project.objects.filter(team=team, name=NAME, deleted_at=None).first()
    if project is None:
        project = project_create(
            team=team, name=NAME, description=DESCRIPTION, system=SYSTEM, by=user
        )
        for source in SOURCES:
            source_create(project=project, by=user, **source)
    return user, project


def _gain(gain: float) -> dict[str, Any]:
    return {"knobs": {"noise_gain": gain}}
