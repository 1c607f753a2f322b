"""A burst of results hints once at the twin that they are evidence of."""

from __future__ import annotations

from typing import Any

import pytest

from workers import dispatch, tasks


def test_a_twin_is_hinted_at_once_in_a_burst_and_again_after_a_dead_broker(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent: list[str] = []
    now = 100.0

    def publish(arguments: tuple[str], **_: Any) -> None:
        if arguments[0] == "unheard":
            raise ConnectionError
        sent.append(arguments[0])

    monkeypatch.setattr(tasks.assimilate, "apply_async", publish)
    monkeypatch.setattr(dispatch, "_assimilated", {})
    monkeypatch.setattr("workers.dispatch.monotonic", lambda: now)
    for project in ("a", "a", "b", "a"):
        dispatch.assimilate(project)
    assert sent == ["a", "b"]
    for _ in range(2):  # what was not sent is no hint
        with pytest.raises(ConnectionError):
            dispatch.assimilate("unheard")
    now += dispatch.BURST_S
    dispatch.assimilate("a")
    assert sent == ["a", "b", "a"]
