"""A vendor's answer is read in the sandbox: whatever it does to its reader, the worker goes on."""

from __future__ import annotations

import hashlib
import json
import os

import pytest

from tests.unit.workers.sandbox.asking import TIGHT, ask, read
from workers.sandbox import Crashed, Finished, Limits, Malformed, Rejected, Sandbox


def test_the_payload_arrives_whole_and_only_this_one(box: Sandbox) -> None:
    for size in (0, 1, 10_000_000, 5):
        rest = os.urandom(size)
        outcome = box.run(read("fine", rest))
        assert isinstance(outcome, Finished), outcome
        assert outcome.result.provenance.details["read"] == hashlib.sha256(rest).hexdigest()
        assert outcome.result.values.shape == (2, 1)
        assert outcome.result.options.seed == 7
    outcome = box.run(ask("describe"))
    assert isinstance(outcome, Finished)
    assert outcome.result.provenance.details["descriptors"] <= 5


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        ("output_bomb", "output"),
        ("slow_memory_bomb", "memory"),
        ("cpu_loop", "cpu"),
        ("segfault", "signal 11"),
        ("leave", "exit 7"),
    ],
)
def test_a_payload_that_ends_its_reader_is_a_crash(
    box: Sandbox, behaviour: str, reason: str
) -> None:
    outcome = box.run(read(behaviour), limits=TIGHT)
    assert isinstance(outcome, Crashed), outcome
    assert outcome.reason == reason
    assert isinstance(box.run(read("fine")), Finished)


def test_a_payload_that_is_larger_than_the_memory_is_a_crash(box: Sandbox) -> None:
    small = Limits(memory_bytes=1 << 29, cpu_s=5, wall_s=20)
    outcome = box.run(read("fine", bytes(1 << 28)), limits=small)
    assert isinstance(outcome, Crashed), outcome
    assert outcome.reason == "memory"


@pytest.mark.parametrize(
    ("behaviour", "message"),
    [
        ("wrong", "no shots in b'here'"),
        ("panic", "Panic"),
        ("bug", "KeyError"),
        ("no", "Attribute"),
    ],
)
def test_what_a_reader_throws_means_that_the_payload_is_malformed(
    box: Sandbox, behaviour: str, message: str
) -> None:
    outcome = box.run(read(behaviour, b"here"))
    assert isinstance(outcome, Malformed), outcome
    assert outcome.message.startswith(message)
    assert "/secret" not in outcome.message


def test_deep_nesting_is_malformed(box: Sandbox) -> None:
    from dataclasses import replace

    deep = json.dumps({"values": None}).replace("null", "[" * 100_000 + "]" * 100_000).encode()
    request = replace(read("fine"), payload=deep, target="tests.memory_vendor:MemoryBackend")
    outcome = box.run(replace(request, backend="memory"))
    assert outcome == Malformed(message="RecursionError", detail=outcome.detail)  # type: ignore[union-attr]  # it is one


def test_a_reader_that_cannot_be_built_says_nothing_of_the_payload(box: Sandbox) -> None:
    assert isinstance(box.run(read("fine", backend="nowhere")), Rejected)
    assert isinstance(box.run(read("fine", backend="broken")), Crashed)
