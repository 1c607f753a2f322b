"""The loopback vendor, and its backends as a worker has them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from backends import registry
from backends.qpu import google_engine
from tests.unit.backends.qpu.google_case import SECRET
from tests.vendors.braket import BraketVendor


@pytest.fixture
def braket(monkeypatch: pytest.MonkeyPatch) -> Iterator[BraketVendor]:
    with BraketVendor() as vendor:
        for name, value in vendor.environment().items():
            monkeypatch.setenv(name, value)
        yield vendor


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], Any]:
    """A backend with a credential, whose engine is the given one."""

    def run(made: Any) -> Any:
        monkeypatch.setattr(google_engine, "engine", lambda _: made)
        backend = registry.get("google")
        backend.authorise(SECRET)
        return backend

    return run
