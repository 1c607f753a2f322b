"""Loops that are refused, and what stops one."""

from __future__ import annotations

from typing import Any

import pytest

from backends import registry
from backends.errors import ProgramRejected
from qtwin.accounts.models import User
from qtwin.campaigns.models import Campaign
from qtwin.campaigns.outline import StepPlan
from qtwin.projects.refusal import SpendingRefused
from qtwin.projects.services import source_create
from qtwin.training.models import Loop, World
from qtwin.training.services import (
    NotReady,
    loop_create,
)
from tests import memory_vendor
from tests.unit.training.loops.rounds import (
    ASKED,
    SWEEP,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"learner": {"kind": "luck"}}, "/learner/kind"),
        ({"evaluations": None}, "/evaluations"),
        ({"report": {"stages": ["nominal"]}}, "/report/stages"),
        ({"report": {"stages": ["nominal", "held_out"]}}, "/report/stages"),
        (
            {"report": {"stages": ["nominal", "qpu"], "qpu": {"source": "x", "shots": 9}}},
            "/report/qpu/source",
        ),
        (
            {
                "campaign": (
                    "a",
                    [StepPlan(name="s", kind="sweep", spec=SWEEP | {"points": [-9.0]})],
                )
            },
            "/campaign/sweep/points",
        ),
    ],
)
def test_what_could_never_be_done_is_refused_by_its_field(
    world: World, user: User, given: dict[str, Any], field: str
) -> None:
    with pytest.raises(ProgramRejected) as refused:
        loop_create(world=world, by=user, **ASKED | given)
    assert refused.value.field == field
    assert (Loop.objects.count(), Campaign.objects.count()) == (0, 0)


def test_a_campaign_that_may_not_spend_now_is_no_loop(
    world: World, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(registry.BUILTIN, "paid", "tests.paid_vendor:PaidBackend")
    memory_vendor.reset()
    paid: dict[str, Any] = {"name": "qpu", "role": "device", "backend": "paid", "method": "vqe"}
    source_create(project=world.project, by=user, **paid)
    sweep = SWEEP | {"sources": [{"source": "qpu", "knobs": {}, "shots": 100}]}
    steps = [StepPlan(name="sweep", kind="sweep", spec=sweep)]
    with pytest.raises(SpendingRefused, match="paid sources are off") as refused:
        loop_create(world=world, by=user, **ASKED | {"campaign": ("Again", steps)})
    assert refused.value.field == "/campaign/sweep/sources/0"
    assert (Loop.objects.count(), Campaign.objects.count()) == (0, 0)


def test_there_is_none_in_a_world_that_was_refused(world: World, user: User) -> None:
    World.objects.update(state="failed", reason="no such kind")
    world.refresh_from_db()
    with pytest.raises(NotReady, match="no such kind"):
        loop_create(world=world, by=user, **ASKED)
