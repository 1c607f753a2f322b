"""How far a version can be trusted: what it scored on evidence held out, and what it left out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from qtwin.rest.moment import asked_moment
from qtwin.rest.problem import PointedError
from qtwin.rest.view import APIView
from qtwin.twins.api.ask import readable_project, wanted_observable
from qtwin.twins.api.shown import asked_number
from qtwin.twins.history import twin_version
from qtwin.twins.models import TwinFit, TwinVersion
from qtwin.twins.reliability import conflicts, coverage, fit_reliability
from qtwin.twins.selectors import NoTwin, twin_versions

WHICH = [
    OpenApiParameter("version", int, description="The latest by default."),
    OpenApiParameter("as_of", str, description="The latest at this time, with its zone."),
]
OBSERVABLE = OpenApiParameter("observable", str, description="Of this one alone; all by default.")
_NAMES = {"source", "epoch"}


class HeldOut(serializers.Serializer[Any]):
    x = serializers.ListField(child=serializers.FloatField(), help_text="A value of each control.")
    gain = serializers.FloatField()
    epoch = serializers.CharField()
    value = serializers.FloatField(help_text="What was measured.")
    mean = serializers.FloatField(help_text="What the others foretold.")
    std = serializers.FloatField(help_text="One sigma of that, after calibration.")
    z = serializers.FloatField(help_text="Value minus mean, in sigma.")
    level = serializers.FloatField(help_text="Probability of the least interval that holds it.")
    pit = serializers.FloatField(help_text="Probability of a smaller value.")

    def get_fields(self) -> dict[str, Any]:
        """``source`` is taken by the base class, as an argument of every field."""
        return {"source": serializers.CharField(), **super().get_fields()}


class Covered(serializers.Serializer[Any]):
    nominal = serializers.FloatField(help_text="What an interval claims to hold.")
    held = serializers.IntegerField(help_text="Held-out references within it.")
    of = serializers.IntegerField()
    lower = serializers.FloatField(help_text="Of the share, 95 % (Wilson).")
    upper = serializers.FloatField(help_text="Of the share, 95 % (Wilson).")


class ReliabilityRow(serializers.Serializer[Any]):
    observable = serializers.CharField()
    unit = serializers.CharField()
    version = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    claim = serializers.CharField(help_text="What the intervals are: calibrated, nominal, …")
    references = serializers.IntegerField()
    c2 = serializers.FloatField(help_text="By which the variance was widened.")
    nu = serializers.IntegerField(allow_null=True)
    measurements = serializers.IntegerField()
    scores = serializers.DictField(
        child=serializers.FloatField(), help_text="On evidence that the fit did not see."
    )
    held_out = HeldOut(
        many=True,
        allow_null=True,
        help_text="Each reference, from all other measurements; null while nobody can compute it.",
    )
    coverage = Covered(many=True, allow_null=True)


class ConflictRow(serializers.Serializer[Any]):
    observable = serializers.CharField()
    version = serializers.IntegerField()
    kind = serializers.ChoiceField(
        choices=["epoch", "measurement"],
        help_text="A calibration epoch, or the measurements of one source at one point.",
    )
    epoch = serializers.CharField(help_text="Empty where there is none.")
    z = serializers.FloatField(help_text="By how many sigma it is off what all others say.")
    left_out = serializers.BooleanField(help_text="Epochs are; measurements are only doubted.")
    value = serializers.FloatField(allow_null=True, help_text="What was measured.")
    mean = serializers.FloatField(allow_null=True, help_text="What the others foretell there.")
    std = serializers.FloatField(allow_null=True, help_text="One sigma of that.")
    points = serializers.ListField(child=serializers.ListField(child=serializers.FloatField()))
    jobs = serializers.ListField(child=serializers.UUIDField())
    measurements = serializers.IntegerField()
    facts = serializers.DictField(help_text="Of an epoch: why its numbers were left out.")

    def get_fields(self) -> dict[str, Any]:
        """``source`` and ``label`` are taken by the base class, as arguments of every field."""
        own = {"source": serializers.CharField(), "label": serializers.CharField()}
        return {**own, **super().get_fields()}


class CalibrationView(APIView):
    paged = False
    visitors = True

    @extend_schema(
        parameters=[*WHICH, OBSERVABLE],
        responses=ReliabilityRow(many=True),
        operation_id="twin_calibration",
    )
    def get(self, request: Request, project_id: str) -> Response:
        """By observable: how often intervals held on evidence that was held out."""
        version = wanted_version(request, project_id)
        return Response(
            {"results": [_reliability(version, fit) for fit in _fits(request, version)]}
        )


class ConflictsView(APIView):
    paged = False
    visitors = True

    @extend_schema(
        parameters=[*WHICH, OBSERVABLE],
        responses=ConflictRow(many=True),
        operation_id="twin_conflicts",
    )
    def get(self, request: Request, project_id: str) -> Response:
        """Epochs that contradict the rest and were left out; measurements that the rest doubts."""
        version = wanted_version(request, project_id)
        return Response(
            {"results": [row for fit in _fits(request, version) for row in _conflicts(fit)]}
        )


def wanted_version(request: Request, project_id: str) -> TwinVersion:
    """The version that the query asks for, of a project that the caller may see."""
    project = readable_project(request, project_id)
    number, at = asked_number(request), asked_moment(request)
    if number is not None and at is not None:
        raise PointedError("?as_of", "allowed: version or as_of, not both")
    if number is None:
        latest = twin_versions(project, at=at).values_list("number", flat=True).first()
        if latest is None:
            raise NotFound("the project had no twin then" if at else "the project has no twin yet")
        number = latest
    try:
        return twin_version(project, number)
    except NoTwin as error:
        raise NotFound(str(error)) from error


def _fits(request: Request, version: TwinVersion) -> list[TwinFit]:
    name = request.query_params.get("observable")
    if name is None:
        return list(version.fits.all())
    observable = wanted_observable(version.twin.project, name, "?observable")
    return [fit for fit in version.fits.all() if fit.observable_id == observable.pk]


def _reliability(version: TwinVersion, fit: TwinFit) -> dict[str, Any]:
    told = fit_reliability(fit)
    return {
        "observable": fit.observable.name,
        "unit": fit.observable.unit,
        "version": version.number,
        "created_at": version.created_at,
        "claim": fit.claim,
        "references": fit.references,
        "c2": fit.c2,
        "nu": fit.nu,
        "measurements": len(fit.measurement_ids),
        "scores": fit.scores,
        "held_out": told.held_out if told else None,
        "coverage": coverage([row["level"] for row in told.held_out]) if told else None,
    }


def _conflicts(fit: TwinFit) -> Iterator[dict[str, Any]]:
    told = fit_reliability(fit)
    facts = {(c["source"], c["epoch"]): c for c in fit.conflicts}
    for row in conflicts(fit, told.doubted if told else []):
        known = facts.get((row["source"], row["epoch"]), {}) if row["left_out"] else {}
        yield {
            "observable": fit.observable.name,
            "version": fit.version.number,
            **row,
            "facts": {name: value for name, value in known.items() if name not in _NAMES},
        }
