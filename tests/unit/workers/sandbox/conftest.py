"""A sandbox for the tests of a module, of which nothing survives."""

from __future__ import annotations

import os
from collections.abc import Iterator

import psutil
import pytest

from qtwin.twins.predictor import client
from tests.unit.workers.sandbox.asking import BACKENDS, CANARY
from workers.sandbox import Sandbox, shared


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    os.environ[CANARY] = "canary-value"
    with Sandbox(backends=BACKENDS, tick_s=0.05) as sandbox:
        yield sandbox
    del os.environ[CANARY]


@pytest.fixture(scope="module", autouse=True)
def _no_others() -> None:
    """Nothing of earlier tests is counted."""
    shared().close()
    client.close()


@pytest.fixture(autouse=True)
def no_survivors() -> Iterator[None]:
    yield
    me = psutil.Process()
    left = [p for p in me.children(recursive=True) if p.status() != psutil.STATUS_ZOMBIE]
    assert len(left) <= 2 * 2, left  # an outer and an inner zygote, of two sandboxes at most
