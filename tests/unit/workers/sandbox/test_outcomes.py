"""What becomes of a chunk is named, and its message leaks nothing."""

from __future__ import annotations

import time

import pytest

from tests.unit.workers.sandbox.asking import TIGHT, ask
from workers.sandbox import Crashed, Finished, Limits, Rejected, Sandbox, Unavailable


def test_a_chunk_comes_back_as_a_result(box: Sandbox) -> None:
    outcome = box.run(ask("fine", token="qtwin-1"))
    assert isinstance(outcome, Finished)
    assert outcome.result.values.shape == (2, 1)
    assert outcome.result.options.seed == 7
    assert outcome.result.provenance.details["token"] == "qtwin-1"


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        ("output_bomb", "output"),
        ("memory_bomb", "memory"),
        ("slow_memory_bomb", "memory"),
        ("cpu_loop", "cpu"),
        ("segfault", "signal 11"),
        ("leave", "exit 7"),
        ("panic", "exception"),
        ("bug", "exception"),
        ("file_bomb", "exception"),
    ],
)
def test_a_crash_is_named_and_its_message_leaks_nothing(
    box: Sandbox, behaviour: str, reason: str
) -> None:
    outcome = box.run(ask(behaviour), limits=TIGHT)
    assert isinstance(outcome, Crashed), outcome
    assert outcome.reason == reason
    assert outcome.message
    assert "/" not in outcome.message
    assert isinstance(box.run(ask("fine")), Finished)


def test_the_wall_limit_holds(box: Sandbox) -> None:
    began = time.monotonic()
    outcome = box.run(ask("sleep"), limits=Limits(wall_s=0.5))
    assert isinstance(outcome, Crashed)
    assert outcome.reason == "wall"
    assert time.monotonic() - began < 5


def test_rejections_and_outages_keep_their_meaning(box: Sandbox) -> None:
    assert box.run(ask("reject")) == Rejected(message="no such device", field="/settings/device")
    assert box.run(ask("unavailable")) == Unavailable(message="maintenance")


def test_an_unknown_backend_is_rejected(box: Sandbox) -> None:
    outcome = box.run(ask("fine", backend="nowhere"))
    assert isinstance(outcome, Rejected)
    assert outcome.field == "/backend"


def test_a_backend_that_cannot_be_built_crashes_the_chunk_only(box: Sandbox) -> None:
    outcome = box.run(ask("fine", backend="broken"))
    assert isinstance(outcome, Crashed)
    assert outcome.message == "The backend failed with ImportError."
