"""The loopback vendor, and its backends as a worker has them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.vendors.braket import BraketVendor


@pytest.fixture
def braket(monkeypatch: pytest.MonkeyPatch) -> Iterator[BraketVendor]:
    with BraketVendor() as vendor:
        for name, value in vendor.environment().items():
            monkeypatch.setenv(name, value)
        yield vendor
