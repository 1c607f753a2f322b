"""Knobs from a real solver to the model: what is at its limit, and what is not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from qtwin.accounts.models import Team
from qtwin.projects.demo.ising import SYSTEM
from qtwin.projects.models import Project
from qtwin.twins.models import TwinFit

POINTS = [0.4, 0.8, 1.2, 1.6, 2.0]


@pytest.fixture
def ising(api: APIClient, team: Team, fitted: Callable[[Project], None]) -> Callable[..., TwinFit]:
    """A ring whose reference is DMRG, run at some bond dimensions."""
    place = api.post("/api/v1/projects", {"name": "ring", "system": SYSTEM}, format="json")[
        "Location"
    ]
    source = {"name": "dmrg", "role": "reference", "backend": "tenpy", "method": "dmrg"}
    made = api.post(f"{place}/sources", source, format="json")
    assert made.json()["knobs"][0]["limit"] == "inf"

    def run(bond: int) -> TwinFit:
        body = {
            "source": "dmrg",
            "points": POINTS,
            "knobs": {"bond_dimension": bond},
            "observables": ["energy_per_site"],
        }
        assert api.post(f"{place}/jobs", body, format="json").status_code == 202
        fitted(Project.objects.get(name="ring"))
        return TwinFit.objects.latest("version__number")

    return run


@pytest.mark.slow
def test_a_truncated_reference_is_none_until_doubling_its_limit_changes_nothing(
    ising: Callable[..., TwinFit],
) -> None:
    truncated = ising(2)
    assert truncated.references == 0
    whole = ising(8)  # holds any state of six spins
    assert (whole.references, whole.claim) == (len(POINTS), "calibrated")
    assert whole.changes["moved_most"][0]["source"] == "dmrg"
