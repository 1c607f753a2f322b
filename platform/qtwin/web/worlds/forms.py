"""The forms of worlds: what was typed, the body of the API's request, and what is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any, TypeVar

from django.http import QueryDict
from rest_framework.exceptions import APIException
from rest_framework.serializers import Serializer

from backends.errors import ProgramRejected
from qtwin.accounts.models import User
from qtwin.projects.models import Project
from qtwin.projects.refusal import SpendingRefused
from qtwin.rest.problem import Conflict, PointedError, errors_of
from qtwin.training.api.report import MOST_EARLIER
from qtwin.training.documents import LEARNERS
from qtwin.training.models import Policy, World
from qtwin.training.selectors import policies_visible_to
from qtwin.training.services import NotReady, TooMany
from qtwin.twins.models import TwinVersion
from qtwin.web.typed import document, number
from qtwin.web.worlds.stages import stage_choices
from qtwin.web.worlds.starts import STARTS, Start, start_of

Made = TypeVar("Made")
MOST_VERSIONS, MOST_OTHERS = 30, 100
"""Twin versions, and policies, that a form lists."""


@dataclass(kw_only=True)
class Form:
    """What was typed; ``status`` and ``errors`` are those of a refusal."""

    typed: QueryDict = field(default_factory=QueryDict)
    errors: list[dict[str, str]] = field(default_factory=list)
    status: int = 200

    @property
    def values(self) -> Mapping[str, str]:
        """Texts of the fields."""
        return {name: str(value) for name, value in self.typed.items()}

    def numbers(self, *names: str) -> dict[str, Any]:
        """Those of these fields that were filled."""
        values = {name: self.values.get(name, "").strip() for name in names}
        return {name: number(text) for name, text in values.items() if text}

    def documents(self, *names: str, under: str = "") -> dict[str, Any]:
        """Those of these fields that were filled, as JSON documents.

        Args:
            under: Pointer of what they are fields of.

        Raises:
            PointedError: One is no JSON.
        """
        values = {name: self.values.get(name, "").strip() for name in names}
        return {name: document(text, f"{under}/{name}") for name, text in values.items() if text}

    def made(self, make: Callable[[], Made]) -> Made | None:
        """What ``make`` makes; None with its refusal in the form."""
        try:
            with pointed():
                return make()
        except APIException as error:
            self.errors.extend(errors_of(error))
            self.status = error.status_code
            return None


@contextmanager
def pointed() -> Any:
    """Refusals of services as errors at a field, as the API answers them."""
    try:
        yield
    except ProgramRejected as error:
        raise PointedError(error.field, str(error)) from error
    except (NotReady, TooMany, SpendingRefused) as error:
        raise Conflict("", str(error)) from error


def checked(kind: type[Serializer[Any]], body: Mapping[str, Any]) -> dict[str, Any]:
    """The body as a request to the API has it when it was checked.

    Raises:
        ValidationError: With what is wrong by field.
    """
    data = kind(data=body)
    data.is_valid(raise_exception=True)
    found: dict[str, Any] = data.validated_data
    return found


def pretty(value: Any) -> str:
    """A document as people edit it: objects and lists of few short values in one line."""
    return _written(value, 0)


def _written(value: Any, depth: int) -> str:
    short = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, dict | list) or not value or (depth and len(short) <= 72):
        return short
    pad, end = "  " * (depth + 1), "  " * depth
    if isinstance(value, dict):
        parts = [f"{json.dumps(key)}: {_written(one, depth + 1)}" for key, one in value.items()]
        return "{\n" + ",\n".join(pad + part for part in parts) + f"\n{end}}}"
    return "[\n" + ",\n".join(pad + _written(one, depth + 1) for one in value) + f"\n{end}]"


@dataclass(kw_only=True)
class WorldForm(Form):
    """A world of a project: ``name``, ``document``, ``calibration`` and twin versions.

    Without a document typed, it is the one to start from: of the kind ``start``, or that of the
    world ``like``.
    """

    project: Project
    start: str = STARTS[0].kind
    like: World | None = None

    @property
    def starts(self) -> tuple[Start, ...]:
        """Kinds to start from."""
        return STARTS

    @property
    def name(self) -> str:
        return self.values.get("name", "")

    @property
    def document(self) -> str:
        """Text of the field."""
        if "document" in self.typed:
            return self.values["document"]
        return pretty(self.like.document if self.like else start_of(self.project, self.start))

    @property
    def calibration(self) -> str:
        """Text of the field."""
        if "calibration" in self.typed:
            return self.values["calibration"]
        return pretty(self.like.calibration) if self.like and self.like.calibration else ""

    @property
    def versions(self) -> list[int]:
        """Numbers of the twin's versions, the latest first."""
        rows = TwinVersion.objects.filter(twin__project=self.project).order_by("-number")
        return list(rows.values_list("number", flat=True)[:MOST_VERSIONS])

    def body(self) -> dict[str, Any]:
        """What ``POST /projects/{id}/worlds`` would be sent.

        Raises:
            PointedError: A document is no JSON.
        """
        typed = self.values.get("calibration", "").strip()
        return {
            "name": self.name,
            "document": document(self.values.get("document", ""), "/document"),
            **({"calibration": document(typed, "/calibration")} if typed else {}),
            **self.numbers("twin_version", "held_out_version"),
        }


@dataclass(kw_only=True)
class TrainingForm(Form):
    """A training run: ``kind`` and ``hyperparameters`` of its learner, ``seed``, and budgets."""

    @property
    def learners(self) -> tuple[str, ...]:
        return LEARNERS

    def body(self) -> dict[str, Any]:
        """What ``POST /worlds/{id}/training-runs`` would be sent.

        Raises:
            PointedError: The hyperparameters are no JSON object.
        """
        return {"name": self.values.get("name", "").strip(), **self.learning()}

    def learning(self) -> dict[str, Any]:
        """A learner with its seed and budget.

        Raises:
            PointedError: The hyperparameters are no JSON object.
        """
        typed = self.values.get("hyperparameters", "").strip() or "{}"
        more = document(typed, "/learner")
        if not isinstance(more, dict):
            raise PointedError("/learner", "hyperparameters; allowed: an object")
        return {
            "learner": {"kind": self.values.get("kind", ""), **more},
            **self.numbers("seed", "evaluations", "seconds"),
        }


@dataclass(kw_only=True)
class EvaluationForm(Form):
    """An episode to play."""

    def body(self) -> dict[str, Any]:
        """What ``POST /policies/{id}:evaluate`` would be sent."""
        return {
            "truth": self.values.get("truth", ""),
            **self.numbers("draw", "seed", "episodes"),
        }


@dataclass(kw_only=True)
class ReportForm(Form):
    """A transfer report: ``stage`` several times, ``episodes``, ``seed``, ``noise``, ``qpu``.

    ``earlier`` and ``changed``, as often as one another, are other policies and what was changed
    since them.
    """

    policy: Policy
    user: User

    @property
    def stages(self) -> list[dict[str, Any]]:
        """Every stage, and whether it is chosen."""
        return stage_choices(self.typed)

    @property
    def others(self) -> list[Policy]:
        """Policies of the project with which this one may be compared, the newest first."""
        rows = policies_visible_to(self.user).filter(world__project=self.policy.world.project_id)
        return list(rows.exclude(pk=self.policy.pk)[:MOST_OTHERS])

    @property
    def earlier(self) -> list[dict[str, str]]:
        """The rows for earlier policies as they were typed: ``policy`` and ``changed``."""
        pairs = zip_longest(
            self.typed.getlist("earlier"), self.typed.getlist("changed"), fillvalue=""
        )
        rows = [{"policy": policy, "changed": changed.strip()} for policy, changed in pairs]
        blank = {"policy": "", "changed": ""}
        return [*rows, *[blank] * MOST_EARLIER][: max(len(rows), MOST_EARLIER)]

    def body(self) -> dict[str, Any]:
        """What ``POST /policies/{id}/transfer-reports`` would be sent.

        Raises:
            PointedError: A document is no JSON.
        """
        found: dict[str, Any] = {
            "stages": self.typed.getlist("stage"),
            **self.numbers("episodes", "seed"),
            **self.documents("noise", "qpu"),
        }
        named = [row for row in self.earlier if row["policy"] or row["changed"]]
        titles = [row["changed"] for row in named]
        for row in named:
            if not row["policy"] or not row["changed"] or titles.count(row["changed"]) > 1:
                raise PointedError(
                    "/earlier",
                    f"{row['changed']!r}; needed: a policy with each change, and each change once",
                )
        if named:
            found["earlier"] = {row["changed"]: row["policy"] for row in named}
        return found


@dataclass(kw_only=True)
class UploadForm(Form):
    """A policy that is sent: its ``name``, and a file that no form keeps."""

    @property
    def name(self) -> str:
        return self.values.get("name", "").strip()[:120]
