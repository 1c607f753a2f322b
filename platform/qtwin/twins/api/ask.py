"""What every question to a twin has in common: whom it asks, what it leaves out, how it fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request

from backends.errors import ProgramRejected
from backends.systems import load
from qtwin.projects.models import Observable, Project
from qtwin.projects.selectors import projects_readable_by, projects_visible_to
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question to the twin of one observable, whose form is right.

    Attributes:
        project: Whose twin.
        observable: Of it.
        body: The validated input.
    """

    project: Project
    observable: Observable
    body: dict[str, Any]

    def points(self) -> list[list[float]]:
        """Its points, which lie within the controls' ranges, as rows."""
        points = self.body["points"]
        try:
            load(self.project.system).check_points(points)
        except ProgramRejected as error:
            raise PointedError(error.field, str(error)) from error
        rows: list[list[float]] = points.tolist()
        return rows

    def answer(self, by: Callable[..., dict[str, Any]], what: Any, **more: Any) -> dict[str, Any]:
        """What a selector answers of the version that is asked for, without what is excluded."""
        with pointed_errors():
            return by(
                self.project,
                self.observable.name,
                what,
                version=self._version(),
                without=self.body["exclude_sources"],
                **more,
            )

    def _version(self) -> int | None:
        """Number of the version; None for the latest."""
        version: int | None = self.body["version"]
        if self.body["as_of"] is None:
            return version
        if version is not None:
            raise PointedError("/as_of", "allowed: version or as_of, not both")
        return twin_fit(self.project, self.observable.name, at=self.body["as_of"]).version.number


def read_ask(request: Request, project_id: str, form: type[AskInput]) -> Asked:
    """The question of a request, in this form.

    Raises:
        PointedError: The project has no such observable, or a source to exclude is unknown.
    """
    project = visible_project(request, project_id)
    data = form(data=request.data)
    data.is_valid(raise_exception=True)
    body = data.validated_data
    observable = wanted_observable(project, body["observable"])
    _check_sources(project, body["exclude_sources"])
    return Asked(project=project, observable=observable, body=body)


def visible_project(request: Request, project_id: str) -> Project:
    user: Any = request.user
    return get_object_or_404(projects_visible_to(user), pk=project_id)


def readable_project(request: Request, project_id: str) -> Project:
    """The same for visitors too."""
    user: Any = request.user
    return get_object_or_404(projects_readable_by(user), pk=project_id)


def wanted_observable(project: Project, name: str, pointer: str = "/observable") -> Observable:
    """The project's observable of that name; the error lists what there is."""
    known = {observable.name: observable for observable in project.observables.all()}
    if name not in known:
        raise PointedError(
            pointer, f"unknown observable {name!r}; allowed: {', '.join(known)}", code="unknown"
        )
    return known[name]


@contextmanager
def pointed_errors() -> Iterator[None]:
    """Turn what a twin cannot answer into the problem that says so."""
    try:
        yield
    except NoTwin as error:
        raise NotFound(str(error)) from error
    except NoEvidence as error:
        raise PointedError("/exclude_sources", str(error)) from error


def _check_sources(project: Project, names: list[str]) -> None:
    """Refuse to leave out sources that the project does not have."""
    known = [source.name for source in project.sources.all()]
    for row, name in enumerate(names):
        if name not in known:
            raise PointedError(
                f"/exclude_sources/{row}",
                f"unknown source {name!r}; allowed: {', '.join(known)}",
                code="unknown",
            )
