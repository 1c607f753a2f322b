"""What is said of a task while it waits, what it costs when it ends early, and what it leaves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from backends.errors import BackendUnavailable, ProgramRejected
from backends.qpu.braket_bill import stopped
from backends.qpu.braket_devices import GATE
from backends.qpu.braket_windows import opens
from backends.remote import RemoteStatus
from tests.unit.backends.qpu.test_braket_submission import OPTIONS, experiment, opened, sent
from tests.vendors.braket import BraketVendor
from tests.vendors.braket.devices import TASK_FEE, arn

GARNET = GATE["iqm/Garnet"]
NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
"""A Friday."""


def window(day: str, start: str, end: str) -> dict[str, str]:
    return {"executionDay": day, "windowStartHour": start, "windowEndHour": end}


@pytest.mark.parametrize(
    ("windows", "expected"),
    [
        ([], None),
        ([window("Everyday", "00:00:00", "23:59:59")], None),
        ([window("Friday", "11:00", "13:00")], None),
        ([window("Everyday", "09:00", "11:00")], NOON + timedelta(hours=21)),
        ([window("Weekdays", "09:00", "11:00")], NOON + timedelta(days=3, hours=-3)),
        ([window("Weekend", "09:00", "11:00")], NOON + timedelta(hours=21)),
        ([window("Thursday", "20:00", "13:00")], None),
        ([window("Friday", "09:00", "11:00")], NOON + timedelta(days=7, hours=-3)),
        ([window("Friday", "15:00", "16:00"), window("Sunday", "01:00", "02:00")],
         NOON + timedelta(hours=3)),
    ],
)  # fmt: skip
def test_a_device_opens_at_its_next_window(
    windows: list[dict[str, str]], expected: datetime | None
) -> None:
    assert opens(windows, NOON) == expected


def test_a_task_says_its_place_and_when_its_device_opens(braket: BraketVendor) -> None:
    handle = sent()
    assert opened().fetch(handle).word == "QUEUED, place 2"
    day = (datetime.now(UTC) + timedelta(days=2)).strftime("%A")
    service = braket.devices[arn("eu-north-1", "iqm/Garnet")]["service"]
    service["executionWindows"] = [window(day, "09:30", "10:00")]
    report = opened().fetch(handle)
    assert report.word == f"QUEUED, place 2, opens {day[:3]} 09:30 UTC"
    assert len(report.word) <= 40
    assert report.status is RemoteStatus.WAITING


@pytest.mark.parametrize("ending", ["FAILED", "CANCELLED"])
def test_a_task_that_never_ran_costs_nothing(braket: BraketVendor, ending: str) -> None:
    handle = sent()
    braket.books.end(ending)
    assert opened().fetch(handle).cost_micro_usd == 0


def test_a_task_that_stopped_on_the_way_costs_what_it_ran() -> None:
    task: dict[str, Any] = {"status": "CANCELLED", "numSuccessfulShots": 30}
    assert stopped(task, GARNET) == TASK_FEE + 30 * 1450
    reserved = {"associations": [{"type": "RESERVATION_TIME_WINDOW_ARN", "arn": "x"}]}
    assert stopped(task | reserved, GARNET) == 0


def test_a_reservation_is_passed_on_and_pays_its_tasks(braket: BraketVendor) -> None:
    reservation = "arn:aws:braket:eu-north-1:123456789012:reservation/a-1"
    handle = sent(experiment(reservation=reservation))
    (task,) = braket.books.tasks.values()
    assert task.request["associations"] == [
        {"arn": reservation, "type": "RESERVATION_TIME_WINDOW_ARN"}
    ]
    braket.end()
    assert opened().fetch(handle).cost_micro_usd == braket.books.bill == 0


def test_another_reservation_is_refused() -> None:
    with pytest.raises(ProgramRejected, match="allowed: arn") as refused:
        opened().check(experiment(reservation="tomorrow"), OPTIONS)
    assert refused.value.field == "/settings/reservation"


def test_a_result_that_is_not_there_yet_is_waited_for_and_one_that_is_gone_is_said_to_be(
    braket: BraketVendor,
) -> None:
    handle = sent()
    braket.end()
    braket.changed = lambda _: None
    with pytest.raises(BackendUnavailable, match="yet"):
        opened().fetch(handle)
    (task,) = braket.books.tasks.values()
    task.view["endedAt"] = (datetime.now(UTC) - timedelta(hours=2)).isoformat()
    report = opened().fetch(handle)
    assert report.cost_micro_usd == braket.books.bill > 0
    assert report.payload is not None
    with pytest.raises(ValueError, match="the bucket has no"):
        opened().parse(report.payload, experiment(), OPTIONS)
