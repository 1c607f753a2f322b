"""Plans over HTTP: what to measure next, at which cost, and why."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from qtwin.projects.models import Project
from qtwin.rest.points import PointsField
from qtwin.rest.problem import PointedError
from qtwin.rest.serializer import StrictSerializer
from qtwin.rest.view import APIView
from qtwin.twins.api.answer import VersionSummary
from qtwin.twins.api.ask import Asked, AskInput, read_ask
from qtwin.twins.planning import PlanRefused, twin_plan

MAX_POINTS = 200
MAX_BATCH = 100
GOALS = ("curve", "minimum", "maximum")


class PriceInput(StrictSerializer):
    per_run = serializers.FloatField(min_value=0.0, default=0.0)
    per_shot = serializers.FloatField(min_value=0.0, default=0.0)


class PlanInput(AskInput):
    prices = serializers.DictField(
        child=PriceInput(),
        allow_empty=False,
        required=False,
        allow_null=True,
        default=None,
        help_text="Of the sources on offer, in any one unit; by default what their backends "
        "estimate.",
    )
    budget = serializers.FloatField(
        default=None, allow_null=True, help_text="In the unit of the prices."
    )
    target = serializers.FloatField(
        default=None, allow_null=True, help_text="Sigma to reach, in the observable's unit."
    )
    batch = serializers.IntegerField(
        min_value=1, max_value=MAX_BATCH, default=None, allow_null=True
    )
    goal = serializers.ChoiceField(choices=list(GOALS), default=GOALS[0])
    points = PointsField(
        max_points=MAX_POINTS,
        default=None,
        allow_null=True,
        help_text="Where runs may be made; evenly spread when not given.",
    )


class StepOutput(serializers.Serializer[Any]):
    at = serializers.ListField(child=serializers.FloatField(), help_text="Controls, in order.")
    knobs = serializers.DictField(help_text="By name; infinite ones as text.")
    shots = serializers.IntegerField(allow_null=True)
    cost = serializers.FloatField()
    sigma_before = serializers.FloatField()
    sigma_after = serializers.FloatField(help_text="Expected.")
    gain_per_cost = serializers.FloatField()
    why = serializers.CharField()

    def get_fields(self) -> dict[str, Any]:
        """``source`` is taken by the base class, as an argument of every field."""
        return {"source": serializers.CharField(), **super().get_fields()}


class ChoiceOutput(serializers.Serializer[Any]):
    at = serializers.ListField(child=serializers.FloatField(), help_text="Controls, in order.")
    knobs = serializers.DictField(help_text="By name; infinite ones as text.")
    shots = serializers.IntegerField(allow_null=True)
    cost = serializers.FloatField()
    sigma_before = serializers.FloatField()
    sigma_after = serializers.FloatField(help_text="Expected.")
    here_before = serializers.FloatField(help_text="Sigma where it would measure.")
    here_after = serializers.FloatField(help_text="Expected there.")
    gain_per_cost = serializers.FloatField()

    def get_fields(self) -> dict[str, Any]:
        """``source`` is taken by the base class, as an argument of every field."""
        return {"source": serializers.CharField(), **super().get_fields()}


class BaselineOutput(serializers.Serializer[Any]):
    sigma_before = serializers.FloatField()
    sigma_after = serializers.FloatField()
    runs = serializers.IntegerField()
    cost = serializers.FloatField()
    loo_rmse = serializers.FloatField(allow_null=True)


class OfferedOutput(serializers.Serializer[Any]):
    per_run = serializers.FloatField()
    per_shot = serializers.FloatField()


class PricingOutput(serializers.Serializer[Any]):
    unit = serializers.CharField(help_text="s or USD; empty for the caller's own.")
    told = serializers.CharField(help_text="Where the prices come from.")
    prices = serializers.DictField(child=OfferedOutput(), help_text="By source.")
    not_on_offer = serializers.DictField(
        child=serializers.CharField(), help_text="Why, by source, where backends were asked."
    )


class PlanOutput(serializers.Serializer[Any]):
    schema_version = serializers.IntegerField()
    steps = StepOutput(many=True)
    sigma_before = serializers.FloatField()
    sigma_after = serializers.FloatField()
    cost = serializers.FloatField()
    whole_runs = serializers.IntegerField()
    whole_cost = serializers.FloatField()
    whole_sigma = serializers.FloatField()
    target = serializers.FloatField(allow_null=True)
    single_source = serializers.BooleanField(help_text="Whether references alone do better.")
    baseline = BaselineOutput(allow_null=True, help_text="The references alone.")
    loo_rmse = serializers.FloatField(allow_null=True)
    c2 = serializers.FloatField()
    references = serializers.IntegerField()
    why = serializers.CharField()
    notes = serializers.ListField(child=serializers.CharField())
    choices = ChoiceOutput(
        many=True, help_text="One run now: the first step, then the best of each other source."
    )
    pricing = PricingOutput()
    observable = serializers.CharField()
    version = VersionSummary()


class PlanView(APIView):
    only_reads = True
    largest_field = "/points"

    @extend_schema(request=PlanInput, responses=PlanOutput, operation_id="twin_plan")
    def post(self, request: Request, project_id: str) -> Response:
        return Response(plan_of(read_ask(request, project_id, PlanInput)))


def plan_of(asked: Asked) -> dict[str, Any]:
    """The plan that is asked for, with where its prices come from."""
    stated = asked.body["prices"]
    wanted = {
        "prices": None if stated is None else _prices(asked.project, asked.body),
        "goal": _goal(asked.body),
        "points": None if asked.body["points"] is None else asked.points(),
    }
    try:
        return asked.answer(twin_plan, wanted)
    except PlanRefused as error:
        raise PointedError("/prices", str(error)) from error


def _prices(project: Project, asked: dict[str, Any]) -> dict[str, dict[str, float]]:
    known = [source.name for source in project.sources.all()]
    for name, price in asked["prices"].items():
        if name not in known:
            raise PointedError(
                f"/prices/{name}",
                f"unknown source {name!r}; allowed: {', '.join(known)}",
                code="unknown",
            )
        if name in asked["exclude_sources"]:
            raise PointedError(f"/prices/{name}", "allowed: sources that are not excluded")
        if not price["per_run"] + price["per_shot"] > 0.0:
            raise PointedError(f"/prices/{name}", "allowed: per_run or per_shot above 0")
    return {
        name: {"run": price["per_run"], "shot": price["per_shot"]}
        for name, price in asked["prices"].items()
    }


def _goal(asked: dict[str, Any]) -> dict[str, Any]:
    batch_alone = asked["prices"] is None and asked["batch"] is not None
    if asked["budget"] is None and asked["target"] is None and not batch_alone:
        raise PointedError("/budget", "needed: budget or target, above 0; or batch without prices")
    for name in ("budget", "target"):
        value = asked[name]
        if value is not None and not 0.0 < value < float("inf"):
            raise PointedError(f"/{name}", f"{value!r}; allowed: a finite number above 0")
    return {**{name: asked[name] for name in ("budget", "target", "batch")}, "aim": asked["goal"]}
