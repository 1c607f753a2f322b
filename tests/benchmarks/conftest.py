"""The fixture ``bar``, by which benchmarks record their figures."""

from __future__ import annotations

from collections.abc import Callable, Generator

import pytest

from tests.benchmarks.bars.keeper import RECORD
from tests.benchmarks.bars.record import Record, Row, Verdict

Bar = Callable[..., None]
MISSED = pytest.StashKey[list[Row]]()


@pytest.fixture(scope="module", autouse=True)
def _quick_fits() -> None:
    """None here: what is measured is a product's."""


@pytest.fixture
def record(pytestconfig: pytest.Config) -> Record:
    """Of ``make bench``; without it, tests that miss a bar fail."""
    return pytestconfig.stash.setdefault(RECORD, Record())


@pytest.fixture
def bar(record: Record, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]) -> Bar:
    """Record the figure of a bar by its name, and print its row; later figures are taken too."""
    test = request.node.nodeid.rpartition("benchmarks/")[2]

    def hold(name: str, value: float, *, note: str = "", at_most: float | None = None) -> None:
        row = record.add(name, value, note=note, at_most=at_most)
        assert row.bar.measured_by(test), f"{name} is measured by {row.bar.by}, not by {test}"
        if row.bar.must and row.verdict is Verdict.MISSED:
            request.node.stash.setdefault(MISSED, []).append(row)
        with capsys.disabled():
            print(f"\n{row}")  # noqa: T201

    return hold


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    """Hold a test to its bars after it has told all of its figures."""
    called = yield
    missed = pyfuncitem.stash.get(MISSED, [])
    if missed and pyfuncitem.config.stash[RECORD].strict:
        pytest.fail("\n".join(map(str, missed)), pytrace=False)
    return called
