"""A sandbox for the tests of a module, of which nothing survives."""

from __future__ import annotations

import os
from collections.abc import Iterator

import psutil
import pytest

from tests.unit.workers.sandbox.asking import BACKENDS, CANARY
from workers.sandbox import Sandbox


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    os.environ[CANARY] = "canary-value"
    with Sandbox(backends=BACKENDS, tick_s=0.05) as sandbox:
        yield sandbox
    del os.environ[CANARY]


@pytest.fixture(autouse=True)
def no_survivors() -> Iterator[None]:
    yield
    me = psutil.Process()
    left = [p for p in me.children(recursive=True) if p.status() != psutil.STATUS_ZOMBIE]
    assert len(left) <= 2 * 2, left  # an outer and an inner zygote, of two sandboxes at most
