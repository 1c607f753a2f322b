"""What every question to a twin has in common: whom it asks, what it leaves out, how it fails."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request

from backends.errors import ProgramRejected
from backends.systems import load
from qtwin.projects.models import Observable, Project
from qtwin.projects.selectors import projects_visible_to
from qtwin.rest.moment import MomentField
from qtwin.rest.problem import PointedError
from qtwin.rest.serializer import StrictSerializer
from qtwin.twins.evidence import NoEvidence
from qtwin.twins.selectors import NoTwin, twin_fit

MAX_SEED = 2**32 - 1


class AskInput(StrictSerializer):
    observable = serializers.CharField(max_length=40)
    version = serializers.IntegerField(min_value=1, required=False, allow_null=True, default=None)
    as_of = MomentField(
        required=False,
        allow_null=True,
        default=None,
        help_text="Ask the version that was the latest at this time; not together with version.",
    )
    exclude_sources = serializers.ListField(
        child=serializers.CharField(max_length=40), required=False, default=list, max_length=50
    )


class VersionSummary(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    number = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    as_of = serializers.DateTimeField()
    measurements = serializers.IntegerField()
    claim = serializers.CharField()
    references = serializers.IntegerField()
    c2 = serializers.FloatField()
    nu = serializers.IntegerField(allow_null=True)
    digest = serializers.CharField()
    fusion_version = serializers.CharField()
    seed = serializers.IntegerField()
    scores = serializers.DictField(child=serializers.FloatField())


def asked_version(project: Project, asked: dict[str, Any]) -> int | None:
    """Number of the version that a body asks for, None for the latest.

    Raises:
        NoTwin: If there was none at that time.
    """
    version: int | None = asked["version"]
    if asked["as_of"] is None:
        return version
    if version is not None:
        raise PointedError("/as_of", "allowed: version or as_of, not both")
    return twin_fit(project, asked["observable"], at=asked["as_of"]).version.number


def visible_project(request: Request, project_id: str) -> Project:
    user: Any = request.user
    return get_object_or_404(projects_visible_to(user), pk=project_id)


def wanted_observable(project: Project, name: str, pointer: str = "/observable") -> Observable:
    """The project's observable of that name; the error lists what there is."""
    known = {observable.name: observable for observable in project.observables.all()}
    if name not in known:
        raise PointedError(
            pointer, f"unknown observable {name!r}; allowed: {', '.join(known)}", code="unknown"
        )
    return known[name]


def check_sources(project: Project, names: list[str]) -> None:
    """Refuse to leave out sources that the project does not have."""
    known = [source.name for source in project.sources.all()]
    for row, name in enumerate(names):
        if name not in known:
            raise PointedError(
                f"/exclude_sources/{row}",
                f"unknown source {name!r}; allowed: {', '.join(known)}",
                code="unknown",
            )


def checked_points(project: Project, points: Any) -> list[list[float]]:
    """Points within the controls' ranges, as rows."""
    try:
        load(project.system).check_points(points)
    except ProgramRejected as error:
        raise PointedError(error.field, str(error)) from error
    rows: list[list[float]] = points.tolist()
    return rows


@contextmanager
def pointed_errors() -> Iterator[None]:
    """Turn what a twin cannot answer into the problem that says so."""
    try:
        yield
    except NoTwin as error:
        raise NotFound(str(error)) from error
    except NoEvidence as error:
        raise PointedError("/exclude_sources", str(error)) from error
