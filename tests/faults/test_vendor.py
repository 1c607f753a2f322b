"""The vendor of the fault tests does to its clients what it says, and its bill is right."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.faults.vendor.answers import answer
from tests.faults.vendor.faults import Dice, Fate, Rates
from tests.faults.vendor.start import Started, vendor

PROGRAM = {"points": [[0.5], [1.0]], "knob_values": [[], []], "observables": ["energy"]}
Start = Callable[..., tuple[Started, httpx.Client]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    with ExitStack() as stack:

        def make(rates: Rates, **options: Any) -> tuple[Started, httpx.Client]:
            started = stack.enter_context(vendor(tmp_path, rates, seed=1, **options))
            client = httpx.Client(base_url=started.address, timeout=2, trust_env=False)
            return started, stack.enter_context(client)

        yield make


def body(name: str, **more: Any) -> dict[str, Any]:
    return {"token": name, "tag": name, "shots": 100, "seed": 7, "program": PROGRAM, **more}


def post(client: httpx.Client, name: str, **more: Any) -> httpx.Response:
    return client.post("/tasks", json=body(name, **more))


def test_a_token_buys_once_and_never_another_task(start: Start) -> None:
    started, client = start(Rates.calm())
    first, second = post(client, "a").json(), post(client, "a").json()
    assert first == second
    assert post(client, "a", shots=200).status_code == 409
    assert len(started.tasks) == 1
    assert started.charged == 300_000 + 350 * 100 * 2


def test_a_vendor_of_tags_sells_twice(start: Start) -> None:
    started, client = start(Rates.calm(), tags_only=True)
    assert post(client, "a").json() != post(client, "a").json()
    assert started.twice == 1
    assert started.charged == 2 * (300_000 + 350 * 100 * 2)


@pytest.mark.parametrize(
    ("fault", "error", "bought"),
    [
        ("drop_before", httpx.TransportError, 0),
        ("drop_after", httpx.TransportError, 1),
        ("late_answer", httpx.ReadTimeout, 1),
        ("busy", 429, 0),
        ("away", 503, 0),
        ("error_after", 500, 1),
    ],
)
def test_each_fault_is_what_its_name_says(
    start: Start, fault: str, error: Any, bought: int
) -> None:
    started, client = start(Rates.calm(**{fault: 1.0, "late_s": 3.0}))
    if isinstance(error, int):
        assert post(client, "a").status_code == error
    else:
        with pytest.raises(error):
            post(client, "a")
    assert len(started.tasks) == bought
    assert [row["fate"] for row in started.posts] == [fault]


def test_a_list_lags_and_a_task_does_not(start: Start) -> None:
    _, client = start(Rates.calm(lag_s=0.5))
    name = post(client, "a").json()["id"]
    assert client.get("/tasks", params={"tag": "a"}).json() == []
    assert client.get(f"/tasks/{name}").json()["status"] == "COMPLETED"
    time.sleep(0.6)
    assert [task["id"] for task in client.get("/tasks", params={"tag": "a"}).json()] == [name]


def test_a_task_cancelled_in_time_is_free_and_a_late_wish_is_not(start: Start) -> None:
    started, client = start(Rates.calm(shortest_s=0.4, longest_s=0.4))
    early, late = post(client, "a").json()["id"], post(client, "b").json()["id"]
    assert client.post(f"/tasks/{early}/cancel").json()["status"] == "CANCELLED"
    time.sleep(0.5)
    assert client.post(f"/tasks/{late}/cancel").json()["status"] == "COMPLETED"
    assert started.charged == 300_000 + 350 * 100 * 2


def test_the_books_outlive_the_vendor(start: Start) -> None:
    _, client = start(Rates.calm())
    name = post(client, "a").json()["id"]
    again, other = start(Rates.calm())  # on the same file; the first one still runs
    assert other.get(f"/tasks/{name}").status_code == 200
    assert post(other, "a").json()["id"] == name
    assert len(again.tasks) == 1


def test_reads_break_as_often_as_asked(start: Start) -> None:
    _, client = start(Rates.calm(broken_read=1.0))
    name = post(client, "a").json()["id"]
    seen: Counter[Any] = Counter()
    for _ in range(12):
        try:
            seen[client.get(f"/tasks/{name}").status_code] += 1
        except httpx.TransportError:
            seen["dropped"] += 1
    assert set(seen) == {502, "dropped"}


def test_answers_depend_on_the_request_alone_and_scatter_as_they_say() -> None:
    assert answer(PROGRAM, shots=100, seed=7) == answer(PROGRAM, shots=100, seed=7)
    many = [answer(PROGRAM, shots=100, seed=seed)["values"][0][0] for seed in range(400)]
    mean = sum(many) / len(many)
    std = (sum((value - mean) ** 2 for value in many) / len(many)) ** 0.5
    assert std == pytest.approx(0.05 / 10, rel=5 / (2 * 400) ** 0.5)


def test_dice_of_one_seed_fall_alike_and_at_the_rates() -> None:
    dice, same = Dice(Rates(), 5), Dice(Rates(), 5)
    thrown = [dice.fate() for _ in range(4000)]
    assert thrown == [same.fate() for _ in range(4000)]
    dropped = Counter(thrown)[Fate.DROP_AFTER]
    assert abs(dropped - 200) < 5 * (4000 * 0.05 * 0.95) ** 0.5
