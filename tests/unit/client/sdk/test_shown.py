"""Bars where somebody looks, cards that escape what others wrote."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from qtwin.client.rows.campaign import CampaignRow
from qtwin.client.rows.job import JobRow
from qtwin.client.rows.project import ProjectRow, SourceRow
from qtwin.client.rows.row import Row
from qtwin.client.shown.progress import shown
from qtwin.client.shown.table import rows_table
from qtwin.client.wire.errors import Unreadable
from tests.unit.client.sdk.conftest import JOB

HALF = JobRow.read({**JOB, "state": "running", "points_done": 1, "points_total": 2})


def bar(
    title: str, progress: bool = True
) -> AbstractContextManager[Callable[[JobRow], None] | None]:
    return shown(progress, title)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_nothing_is_drawn_where_nobody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    for progress in (True, False):
        with bar("a job", progress) as tell:
            assert tell is None


def test_a_terminal_has_a_bar_that_is_gone_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    with bar("a job") as tell:
        assert tell is not None
        tell(HALF)
    assert "1/2" in terminal.getvalue()
    assert "running" in terminal.getvalue()
    assert terminal.getvalue().rstrip().endswith("\x1b[2K")


def test_a_notebook_has_a_bar_without_widgets(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[tuple[str, str]] = []

    class DisplayHandle:
        def display(self, html: str) -> None:
            drawn.append(("new", html))

        def update(self, html: str) -> None:
            drawn.append(("again", html))

    ipython: Any = ModuleType("IPython")
    display: Any = ModuleType("IPython.display")
    ipython.get_ipython = lambda: SimpleNamespace(kernel=object())
    display.HTML, display.DisplayHandle = str, DisplayHandle
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    monkeypatch.setitem(sys.modules, "IPython.display", display)
    with bar("<b>") as tell:
        assert tell is not None
        tell(HALF)
        tell(HALF)
    assert [kind for kind, _ in drawn] == ["new", "again"]
    assert '<progress max="2" value="1" aria-label="&lt;b&gt;: 1 of 2, running">' in drawn[0][1]


@pytest.mark.parametrize(
    "row",
    [
        JobRow.read({**JOB, "source": "<script>", "reason": "<script>", "state": "<script>"}),
        CampaignRow.read(
            {"id": "1", "project": "1", "name": "<script>", "state": "running", "progress": {}}
        ),
        ProjectRow.read({"id": "1", "name": "<script>", "description": "<script>"}),
    ],
)
def test_what_others_wrote_is_text(row: Any) -> None:
    from qtwin.client.shown import card

    kinds: dict[type, Callable[[Any], str]] = {
        JobRow: card.job_card,
        CampaignRow: card.campaign_card,
        ProjectRow: card.project_card,
    }
    html = kinds[type(row)](row)
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_a_table_says_that_it_is_not_all() -> None:
    rows = [
        SourceRow(id=str(at), name="<script>", role="device", backend="aer", method="vqe")
        for at in range(21)
    ]
    html = rows_table(rows)
    assert "<caption>the first 20</caption>" in html
    assert html.count("<tr>") == 21
    assert "<script>" not in html
    assert ">label<" not in html, "a column that nothing fills"
    assert "Nothing here yet" in rows_table([])


def test_fields_of_a_newer_server_are_kept_and_missing_ones_are_named() -> None:
    row = JobRow.read({**JOB, "colour": "blue", "created_at": "2026-11-30T02:00:00Z"})
    assert row.document["colour"] == "blue"
    assert row.created_at is not None
    assert row.created_at.tzinfo is not None
    with pytest.raises(TypeError):
        row.document["colour"] = "red"  # type: ignore[index]  # which is what is tested
    less = {name: value for name, value in JOB.items() if name != "state"}
    with pytest.raises(Unreadable, match="did not say state"):
        JobRow.read(less)
    with pytest.raises(Unreadable, match="Progress: the server answered 3"):
        CampaignRow.read({"progress": 3})
    assert issubclass(JobRow, Row)
