"""The form of a new job: what was typed, what it would take, and what is wrong with it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import uuid4

from django.http import QueryDict

from qtwin.jobs.services import Estimate
from qtwin.projects.models import Project, Source, Unit
from qtwin.projects.refusal import amount_text
from qtwin.web.typed import number


@dataclass(kw_only=True)
class JobForm:
    """A job as a person types it.

    ``typed`` has ``source``, ``points`` (a line for each, its controls in their order), ``knobs``
    (a line for each, ``name = value``), ``shots``, ``seed``, ``key`` and ``seen``.

    Attributes:
        estimate: What it would take; None until it was asked.
    """

    project: Project
    typed: QueryDict = field(default_factory=QueryDict)
    estimate: Estimate | None = None
    errors: list[dict[str, str]] = field(default_factory=list)

    @cached_property
    def key(self) -> str:
        """Of this form, so that one that is sent twice buys once."""
        return self.values.get("key") or str(uuid4())

    @property
    def values(self) -> Mapping[str, str]:
        return {name: str(value) for name, value in self.typed.items()}

    @property
    def sources(self) -> list[Source]:
        return list(self.project.sources.prefetch_related("revisions").order_by("name"))

    @property
    def digest(self) -> str:
        """Of what is typed, so that only what was estimated is submitted."""
        text = json.dumps(self.body(), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def request_key(self) -> str:
        """The Idempotency-Key of what is typed in this form; of bounded length, whatever came."""
        return hashlib.sha256(f"{self.key}:{self.digest}".encode()).hexdigest()

    @property
    def costs(self) -> list[str]:
        """The most that it may take of each unit that budgets know."""
        if self.estimate is None:
            return []
        most = {
            Unit.MONEY: self.estimate.money,
            Unit.QPU_SECONDS: self.estimate.qpu_seconds,
            Unit.SHOTS: self.estimate.shots,
        }
        return [amount_text(micro, unit) for unit, micro in most.items() if micro]

    def body(self) -> dict[str, Any]:
        """What ``POST /projects/{id}/jobs`` would be sent; what is no number is refused there."""
        values = self.values
        body = {
            "source": values.get("source", ""),
            "points": self._points(values.get("points", "")),
            "knobs": self._knobs(values.get("knobs", "")),
        }
        for name in ("shots", "seed"):
            if text := values.get(name, "").strip():
                body[name] = number(text)
        return body

    def _points(self, text: str) -> list[Any]:
        """With one control, as many points in a line as one likes."""
        lines = [line.replace(",", " ").split() for line in text.splitlines() if line.strip()]
        if self.project.controls.count() == 1:
            return [number(word) for line in lines for word in line]
        return [[number(word) for word in line] for line in lines]

    @staticmethod
    def _knobs(text: str) -> dict[str, Any]:
        lines = [line.partition("=") for line in text.splitlines() if line.strip()]
        return {name.strip(): number(value.strip()) for name, _, value in lines}
