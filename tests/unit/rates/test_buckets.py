"""Buckets of this process and of a real Valkey keep the same books."""

from __future__ import annotations

import asyncio
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from asgiref.sync import async_to_sync

from qtwin.rates.limiter import Limiter
from qtwin.rates.local import LocalBuckets
from qtwin.rates.rule import Charge, Rule, Verdict
from qtwin.rates.shared import SharedBuckets, address_of
from qtwin.serve.broker import Broker, find

SLOW = Rule(name="slow", most=3, window_s=3000)
TWO = Rule(name="two", most=2, window_s=3000)


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    broker = find(tmp_path_factory.mktemp("broker"))
    process = subprocess.Popen(broker.command, stdout=subprocess.DEVNULL)
    while not broker.answers():
        time.sleep(0.01)
    yield broker
    process.kill()
    process.wait()


def test_a_bucket_is_emptied_at_once_and_fills_again() -> None:
    buckets, start = LocalBuckets(), 10**15
    one = [Charge(SLOW, "ada")]
    assert [buckets.take(one, start).wait_us for _ in range(4)] == [0, 0, 0, SLOW.step_us]
    later = start + SLOW.step_us
    assert [buckets.take(one, later).wait_us for _ in range(2)] == [0, SLOW.step_us]
    assert buckets.take([Charge(SLOW, "eve")], later).wait_us == 0


def test_nothing_is_charged_when_one_of_the_buckets_is_empty() -> None:
    buckets, now = LocalBuckets(), 10**15
    both = [Charge(SLOW, "ada"), Charge(TWO, "ada")]
    assert [buckets.take(both, now).wait_us > 0 for _ in range(4)] == [False, False, True, True]
    assert buckets.take(both[:1], now).wait_us == 0
    assert buckets.take(both[:1], now).wait_us > 0


def test_two_processes_share_the_brokers_buckets(broker: Broker) -> None:
    both = [Charge(SLOW, "shared"), Charge(TWO, "shared")]

    async def run() -> list[Verdict]:
        processes = [SharedBuckets(address_of(broker.url)) for _ in range(2)]
        found = [await processes[n % 2].take(both) for n in range(4)]
        for process in processes:
            found.append(await process.take(both[:1]))
            await process.close()
        return found

    verdicts = async_to_sync(run)()
    assert [one.wait_us > 0 for one in verdicts] == [False, False, True, True, False, True]
    step = SLOW.step_us
    assert [round(used / 1e6) for used in verdicts[1].used_us] == [2000, 3000]
    assert 0.99 * step < verdicts[-1].wait_us <= step


def test_the_brokers_bucket_fills_again_and_its_key_goes(broker: Broker) -> None:
    quick = Rule(name="quick", most=1, window_s=1)
    shared = SharedBuckets(address_of(broker.url))

    async def take() -> int:
        return (await shared.take([Charge(quick, "ada")])).wait_us

    async def run() -> tuple[int, int, int]:
        first, second = await take(), await take()
        await asyncio.sleep(second / 1e6 + 0.01)
        third = await take()
        await shared.close()
        return first, second, third

    first, second, third = async_to_sync(run)()
    assert (first, third) == (0, 0)
    assert second > 0


def test_a_call_takes_less_than_a_millisecond(broker: Broker) -> None:
    shared = SharedBuckets(address_of(broker.url))
    limiter = Limiter(shared)
    many = Rule(name="many", most=10_000, window_s=1)

    async def run() -> list[float]:
        seconds = []
        for _ in range(300):
            start = time.perf_counter()
            await limiter.take([Charge(many, "ada"), Charge(many, "eve")])
            seconds.append(time.perf_counter() - start)
        await shared.close()
        return seconds

    assert sorted(async_to_sync(run)())[150] < 1e-3


def test_without_a_broker_the_process_counts_alone_and_says_so_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    limiter = Limiter(SharedBuckets(f"unix://{tmp_path}/nobody.sock"))

    async def run() -> list[bool]:
        return [(await limiter.take([Charge(TWO, "ada")])).wait_us > 0 for _ in range(4)]

    assert async_to_sync(run)() == [False, False, True, True]
    assert [record.message for record in caplog.records] == [
        "no shared rate limits, this process counts alone: ConnectionError"
    ]


def test_who_was_refused_costs_the_broker_nothing_until_it_may_ask_again() -> None:
    asked = []

    class Counting(SharedBuckets):
        async def take(self, charges: object) -> Verdict:
            asked.append(charges)
            return Verdict(50_000, (1,))

    limiter = Limiter(Counting("unix:///nowhere"))

    async def run() -> list[int]:
        return [(await limiter.take([Charge(TWO, "ada")])).wait_us for _ in range(10)]

    waits = async_to_sync(run)()
    assert len(asked) == 1
    assert waits[0] == 50_000
    assert waits == sorted(waits), "each refused request makes the wait longer"
    assert waits[-1] == TWO.full_us, "and a whole bucket is the longest"


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("redis+socket:///run/q.sock", "unix:///run/q.sock"),
        ("redis+socket:///run/q.sock?virtual_host=2", "unix:///run/q.sock?db=2"),
        ("rediss://broker:6379/0", "rediss://broker:6379/0"),
        ("amqp://broker", ""),
    ],
)
def test_the_brokers_address_is_read_as_redis_py_has_it(url: str, address: str) -> None:
    assert address_of(url) == address
