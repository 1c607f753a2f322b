"""One vendor at a time, started and pointed to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.remote.vendor import Vendor
from tests.contract.remote.vendors import VENDORS


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test of ``vendor`` runs on all; with a mark ``faults`` on each that has one, by each.

    With a mark ``vendors(attribute)`` it runs only where the attribute is set.
    """
    if "vendor" not in metafunc.fixturenames:
        return
    chosen = [
        kind
        for kind in VENDORS
        for mark in [metafunc.definition.get_closest_marker("vendors")]
        if mark is None or getattr(kind, mark.args[0])
    ]
    mark = metafunc.definition.get_closest_marker("faults")
    if mark is None:
        metafunc.parametrize("vendor", chosen, indirect=True, ids=lambda kind: kind.title)
        return
    pairs = [(kind, fault) for kind in chosen for fault in mark.args if fault in kind.faults()]
    ids = [f"{kind.title}-{fault.name.lower()}" for kind, fault in pairs]
    metafunc.parametrize(("vendor", "fault"), pairs, indirect=["vendor"], ids=ids)


@pytest.fixture
def vendor(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Vendor]:
    with request.param.started(tmp_path, monkeypatch.setenv) as vendor:
        yield vendor
