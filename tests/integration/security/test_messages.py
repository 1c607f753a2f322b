"""Whoever can write to the broker can make a worker look twice, and nothing else."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps

from tests.integration.access.scene import Scene
from workers import dispatch, tasks
from workers.app import app

TASKS = sorted(name for name in app.tasks if name.startswith("workers."))
FORGED: list[Any] = [
    *("", "x", "0" * 5000, "../../etc/passwd", "' OR 1=1 --", "\0", None, 7, 1.5, True, [], {}),
    *({"$ne": None}, ["a", "b"], {"__reduce__": ["os.system", "true"]}),
]


def rows() -> dict[str, list[Any]]:
    """Every row of every table of ours."""
    found = {}
    for model in apps.get_models():
        if model.__module__.startswith("qtwin."):
            found[model.__name__] = list(model.objects.order_by("pk").values())  # type: ignore[attr-defined]
    return found


def test_messages_are_json_and_nothing_else_is_unpacked() -> None:
    assert set(app.conf.accept_content) == {"json"}
    assert (app.conf.task_serializer, app.conf.task_ignore_result) == ("json", True)
    assert not app.conf.result_backend


def test_every_hint_carries_one_id_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[tuple[Any, ...]] = []
    for name in TASKS:
        task = app.tasks[name]
        monkeypatch.setattr(
            type(task), "apply_async", lambda self, args, **more: sent.append((args, more))
        )
    hints = [one for _, one in inspect.getmembers(dispatch, inspect.isfunction)
             if one.__module__ == dispatch.__name__]  # fmt: skip
    for hint in hints:
        hint("the-id")
    assert len(sent) == len(hints) >= len(TASKS)
    for args, more in sent:
        assert args == ("the-id",)
        assert set(more) == {"queue", "expires", "retry"}
    for name in TASKS:
        assert len(inspect.signature(app.tasks[name].run).parameters) == 1, name


def test_a_forged_message_changes_nothing(
    scene: Scene, work: Callable[[], None], caplog: pytest.LogCaptureFixture
) -> None:
    work()  # a look too many does what is due, so that nothing may be
    before = rows()
    for name in TASKS:
        if name == "workers.webhook_feed":
            continue  # reads on, whatever it is told
        for forged in [str(uuid4()), *FORGED, *_others(name, scene)]:
            app.tasks[name].run(forged)
    assert rows() == before
    assert "no hint" in caplog.text


MEANT = {
    "job_id": "advance",
    "project_id": "assimilate",
    "campaign_id": "campaign",
    "schedule_id": "schedule",
    "import_id": "archive",
    "credential_id": "calibration_watch",
    "webhook_id": "webhook",
}


def _others(name: str, scene: Scene) -> list[str]:
    """Ids of things that the task is not for."""
    return [scene.ids[key] for key, task in MEANT.items() if f"workers.{task}" != name]


def test_every_task_is_one_that_a_hint_names() -> None:
    assert {f"workers.{name}" for name in vars(tasks) if f"workers.{name}" in TASKS} == set(TASKS)
