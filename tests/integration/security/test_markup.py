"""Whatever people and vendors write is text on every page, and never markup."""

from __future__ import annotations

import json
import re
from typing import Any

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.test import Client

from tests.integration.access.routes import patterns
from tests.integration.access.scene import Scene

SCRIPT = "</script><script>alert(1)</script>"
"""It would end the element that holds the JSON of a chart, too."""
QUOTE = "\"><img src=x onerror=alert(1)>'"
FREE = {
    *("name", "label", "description", "title", "citation", "licence", "detail", "reason", "note"),
    *("why", "problem", "log", "remote_status", "remote_id", "agent", "how", "column", "url"),
    *("unit", "device", "identifier", "worker", "outcome", "last_four", "vendor", "member"),
    *("calibration_id", "epoch", "branch", "on_calibration", "email", "body", "target", "action"),
}
"""Columns that hold what somebody wrote; the others hold what we did: states, digests, ids."""
KEYS = {"name", "label", "title", "detail", "reason", "why", "problem", "text", "note", "sentence"}


def written(rows: Any, field: models.Field[Any, Any], text: str) -> int:
    """Put the text into a column of every row that takes it."""
    done = 0
    for number, row in enumerate(rows):
        room = getattr(field, "max_length", None) or 500
        try:
            with transaction.atomic():
                value = f"{text}{number}"[:room]
                done += type(row).objects.filter(pk=row.pk).update(**{field.name: value})
        except IntegrityError:
            continue
    return done


def fill(text: str) -> int:
    """Into every free text of every row of every table of ours."""
    done = 0
    for model in apps.get_models():
        if not model.__module__.startswith("qtwin."):
            continue
        rows = list(model.objects.all()[:50])  # type: ignore[attr-defined]  # all have managers
        for field in model._meta.concrete_fields:
            if isinstance(field, models.CharField | models.TextField) and not field.choices:
                done += written(rows, field, text) if field.name in FREE else 0
            elif isinstance(field, models.JSONField) and model.__name__ == "Event":
                for row in rows:
                    spoiled = json.loads(json.dumps(row.data), object_hook=_spoil(text))
                    done += type(row).objects.filter(pk=row.pk).update(data=spoiled)
    return done


def _spoil(text: str) -> Any:
    return lambda found: {key: text if key in KEYS else value for key, value in found.items()}


def test_a_script_in_every_text_of_every_row_is_never_markup(scene: Scene) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(next(iter(scene.members.values())))
    for text in (SCRIPT, QUOTE):
        assert fill(text) > 60
        wrong, escaped = [], 0
        for pattern in patterns():
            if pattern.startswith(("api/", "^", "events", "sign-in/", "invitations/")):
                continue
            named = set(re.findall(r"<\w+:(\w+)>", pattern))
            if named - set(scene.ids):
                continue
            answer = client.get(scene.address(pattern))
            body = "" if answer.streaming else answer.content.decode()
            if "<script>alert" in body or "<img src=x" in body:
                wrong.append(pattern)
            escaped += "&lt;script&gt;alert" in body or "&lt;img src=x" in body
        assert wrong == []
        assert escaped >= 8, "too few pages show the text at all"
