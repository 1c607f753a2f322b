"""A loop's steps: each is taken once, whatever becomes of the worker that takes it."""

from __future__ import annotations

from typing import Any

import pytest

from qtwin.accounts.models import Role, User
from qtwin.accounts.services import membership_set
from qtwin.campaigns.models import Campaign
from qtwin.projects.models import Period, Unit
from qtwin.projects.refusal import MICRO
from qtwin.projects.services import budget_set
from qtwin.training.models import Loop, LoopRound, TrainingRun, World
from qtwin.training.services import (
    WorkLost,
    loop_create,
    looping,
    work_cancel,
    work_claim,
    work_end,
)
from qtwin.training.services.looping import loop_advance
from qtwin.training.services.narrowing import fall_of
from qtwin.training.states import State
from qtwin.twins.models import Twin
from tests.unit.training.loops.rounds import (
    ASKED,
    claimed,
    end_campaign,
    end_report,
    end_run,
    gap,
    last,
    rows,
    step,
)

pytestmark = pytest.mark.django_db


ROUND = (
    ("run", lambda loop: None, [1, 0, 0, 1, 1]),
    ("report", end_run, [1, 1, 0, 1, 1]),
    ("gap", end_report, [1, 1, 0, 1, 1]),
    ("campaign", lambda loop: None, [1, 1, 1, 1, 1]),
    ("world", end_campaign, [1, 1, 1, 2, 2]),
    ("second run", lambda loop: None, [2, 1, 1, 2, 2]),
)


def test_a_worker_that_dies_at_any_step_leaves_nothing_of_it_and_the_next_takes_it_once(
    loop: Loop, monkeypatch: pytest.MonkeyPatch
) -> None:

    def dies(*given: Any, **more: Any) -> None:
        raise KeyboardInterrupt  # what nothing may catch, as a kill

    for name, before, after in ROUND:
        before(loop)
        known = rows()
        with monkeypatch.context() as killed:
            killed.setattr(looping, "work_rest", dies)
            with pytest.raises(KeyboardInterrupt):
                step(loop)
        assert rows()[:4] == known[:4], name
        step(loop)
        assert rows() == after, name
        assert (loop.state, loop.crashes, loop.lease_owner) == ("waiting", 0, ""), name
        known = rows()
        step(loop)  # what it waits for has not ended
        assert (rows() == known) or name in {"gap", "world"}, name
        if name in {"gap", "world"}:
            return_to(loop, name)
    first, second = loop.rounds.all()
    assert (first.gap["absolute"], first.fall) == (0.3, None)
    version = second.world.twin_version
    assert version is not None
    assert (version.number, second.world.held_out_version) == (1, None)
    assert second.world.document == loop.world.document


def return_to(loop: Loop, name: str) -> None:
    """After these steps nothing is waited for: take back the step that came of the look."""
    now = last(loop)
    made = now.campaign if name == "gap" else now.run
    field = "campaign" if name == "gap" else "run"
    assert made is not None
    LoopRound.objects.filter(pk=now.pk).update(**{field: None})
    made.delete()


def test_what_a_worker_whose_lease_was_lost_asks_for_is_dropped(loop: Loop) -> None:
    slow = claimed(loop)
    step(loop)
    known = rows()
    LoopRound.objects.update(run=None)  # as the slow one saw it
    with pytest.raises(WorkLost):
        loop_advance(slow)
    assert rows() == known


@pytest.mark.parametrize(
    ("value", "improvement", "ends"),
    [
        (0.2, 0.0, ("waiting", "")),
        (0.295, 0.0, ("done", "no more than its error")),
        (0.35, 0.0, ("done", "no more than its error")),
        (0.2, 0.15, ("done", "or 0.15")),
    ],
)
def test_it_goes_on_only_while_the_gap_falls_by_more_than_its_error(
    world: World, user: User, value: float, improvement: float, ends: tuple[str, str]
) -> None:
    asked = ASKED | {"rounds": 3, "improvement": improvement}
    loop = loop_create(world=world, by=user, **asked)
    second_report(loop)
    end_report(loop, value)
    step(loop)
    assert (loop.state, ends[1] in loop.reason) == (ends[0], True), loop.reason
    fall: Any = last(loop).fall
    assert fall["value"] == pytest.approx(0.3 - value)
    half = (0.01**2 + 0.01**2) ** 0.5  # Zou and Donner 2008, of two equal intervals
    assert fall["lower"] == pytest.approx(0.3 - value - half)


def second_report(loop: Loop) -> None:
    """Until the second round waits for its report."""
    for ends in (None, end_run, end_report, None, end_campaign, None, end_run):
        if ends is not None:
            ends(loop)
        step(loop)
    report = last(loop).report
    assert report is not None
    before = LoopRound.objects.get(loop=loop, number=1).run
    assert before is not None
    assert report.asked["earlier"] == {"retraining": str(before.policy.pk)}


def test_its_rounds_are_used(loop: Loop) -> None:
    second_report(loop)
    end_report(loop, 0.1)
    step(loop)
    assert (loop.state, loop.reason) == ("done", "Its rounds are used: 2.")
    assert Campaign.objects.count() == 1


def test_a_fall_is_of_the_gap_before_less_the_gap_now() -> None:
    fall = fall_of(gap(0.5, 0.03), gap(0.2, 0.04))
    assert fall["value"] == pytest.approx(0.3)
    assert (fall["lower"], fall["upper"]) == pytest.approx((0.25, 0.35))  # 3, 4 and 5


def at_campaign(loop: Loop) -> LoopRound:
    for ends in (None, end_run, end_report, None):
        if ends is not None:
            ends(loop)
        step(loop)
    return last(loop)


def test_it_waits_for_the_twin_and_fails_when_that_learns_nothing_new(loop: Loop) -> None:
    at_campaign(loop)
    end_campaign(loop, version=None)
    Twin.objects.update(assimilated=6)
    step(loop)
    assert (loop.state, loop.reason[:21]) == ("waiting", "It waits for the twin")
    Twin.objects.update(assimilated=7, problem="no reference")
    step(loop)
    assert (loop.state, "no reference" in loop.reason) == ("failed", True), loop.reason


def test_what_fails_in_a_round_is_its_reason(loop: Loop) -> None:
    step(loop)
    run = last(loop).run
    assert run is not None
    held = work_claim(TrainingRun.objects.all(), run.pk, owner="a", lease_s=60)
    work_end(held, State.FAILED, reason="too hard", field="/learner/sigma")
    step(loop)
    assert (loop.state, loop.field) == ("failed", "/learner/sigma")
    assert loop.reason == "round 1: its training run is failed: too hard"


def test_a_budget_that_refuses_ends_it_with_what_it_has(world: World, user: User) -> None:
    loop = loop_create(world=world, by=user, **ASKED | {"seconds": 100.0})
    at_campaign(loop)
    end_campaign(loop)
    step(loop)
    budget: dict[str, Any] = {
        "scope": world.project.team,
        "unit": Unit.CPU_SECONDS,
        "period": Period.TOTAL,
    }
    budget_set(**budget, limit=50 * MICRO, per_job=None, by=user)
    step(loop)
    assert (loop.state, loop.reason[:16]) == ("done", "A budget refuses"), loop.reason
    early = loop_create(world=world, by=user, **ASKED | {"seconds": 100.0})
    step(early)
    assert (early.state, early.reason[:16]) == ("failed", "A budget refuses"), early.reason


def test_who_may_no_longer_submit_here_has_no_more_rounds(loop: Loop, user: User) -> None:
    other = User.objects.create_user("bo@example.org", "Bo")
    membership_set(team=loop.world.project.team, user=other, role=Role.VIEWER, by=None)
    Loop.objects.update(created_by=other)
    step(loop)
    assert (loop.state, "no longer submit" in loop.reason) == ("failed", True)
    assert not TrainingRun.objects.exists()


def test_cancelling_ends_what_its_round_has_under_way(loop: Loop, user: User) -> None:
    step(loop)
    assert work_cancel(work=loop, by=user)
    step(loop)
    run = TrainingRun.objects.get()
    assert (loop.state, run.state) == ("cancelled", "cancelled")
    assert not work_cancel(work=loop, by=user)
    second = loop_create(world=loop.world, by=user, **ASKED)
    at_campaign(second)
    work_cancel(work=second, by=user)
    step(second)
    assert second.state == "cancelled"
    assert Campaign.objects.get().cancel_requested_at is not None
    third = loop_create(world=loop.world, by=user, **ASKED)
    work_cancel(work=third, by=user)
    assert third.state == "cancelled"


def test_a_campaign_that_is_paused_says_why_the_loop_waits(loop: Loop) -> None:
    at_campaign(loop)
    Campaign.objects.update(state="paused", reason="1.00 USD left of 2.00 USD")
    step(loop)
    assert (loop.state, loop.reason) == ("waiting", "1.00 USD left of 2.00 USD")
