"""What a soak says of itself; the soak is run by `make soak`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from qtwin.serve.processes import Service
from tests.soak.log import Log
from tests.soak.machine import MB, Memory
from tests.soak.verdict import Verdict

GOOD = Verdict(
    minutes=30.0,
    answers=1000,
    jobs=10,
    measurements=30,
    fits=3,
    kills={"worker": 2},
    errors=[],
    lost=[],
    missed=[],
    wrong="",
    growth=0.01,
    held_mb={"web": [100.0, 101.0]},
    p95_ms={"all reads": 150.0},
)


@pytest.mark.parametrize(
    "bad",
    [
        {"errors": ["GET job: 500"]},
        {"lost": ["a job"]},
        {"jobs": 0},
        {"missed": [7]},
        {"wrong": "1 job without an end"},
        {"growth": 0.06},
        {"growth": float("nan")},
        {"p95_ms": {"all reads": 201.0}},
        {"p95_ms": {}},
    ],
)
def test_each_bar_alone_makes_it_bad(bad: dict[str, Any]) -> None:
    assert GOOD.good
    found = replace(GOOD, **bad)
    assert not found.good
    assert found.text().count("MISSED") == 1


def test_memory_that_grows_is_seen_and_a_warm_up_is_not() -> None:
    memory = Memory(Service("web", ()))
    memory.bytes = [(one * MB, 20 * MB) for one in (50, 60, *[80] * 6)]
    assert memory.growth() == pytest.approx(0)
    memory.bytes[-2:] = [(80 * MB, 30 * MB)] * 2
    assert memory.growth() == pytest.approx(0.1)
    web, predictor = memory.parts().values()
    assert web == [55.0, 80.0, 80.0, 80.0]
    assert predictor == [20.0, 20.0, 20.0, 30.0]
    memory.bytes = []
    assert memory.parts() == {}


def test_only_what_reads_counts_as_a_read() -> None:
    log = Log()
    for seconds in (0.1, 0.2):
        log.answered("GET job", seconds)
    log.answered("POST jobs", 9.0)
    assert log.p95_ms()["all reads"] == pytest.approx(195)
    assert log.p95_ms()["POST jobs"] == pytest.approx(9000)
    assert log.answers == 3
