"""Functionals of the truth over HTTP: minima, crossings, areas, transitions, with errors."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from qtwin.fusion.questions.question import Kind
from qtwin.projects.models import Control, Observable
from qtwin.rest.problem import PointedError
from qtwin.rest.view import APIView
from qtwin.twins.api.answer import AnswerOutput
from qtwin.twins.api.ask import MAX_SEED, AskInput, read_ask, wanted_observable
from qtwin.twins.api.slice import Slice, read_slice
from qtwin.twins.selectors import twin_question
from qtwin.twins.units import derivative_unit, integral_unit

MAX_COUNT = 2000
COUNT, COUNT_OF_BOX = 1000, 300
RISING = {"any": None, "rising": True, "falling": False}


class FunctionalsInput(AskInput):
    kind = serializers.ChoiceField(choices=[str(kind) for kind in Kind])
    order = serializers.IntegerField(
        min_value=0, max_value=1, default=0, help_text="1 asks it of the first derivative."
    )
    at = serializers.DictField(
        child=serializers.FloatField(), default=dict, help_text="Controls that are held."
    )
    within = serializers.DictField(
        child=serializers.ListField(child=serializers.FloatField(), min_length=2, max_length=2),
        default=dict,
        help_text="Ranges of free controls, lower and upper end.",
    )
    level = serializers.FloatField(
        default=None, allow_null=True, help_text="That a crossing is of."
    )
    other_observable = serializers.CharField(
        max_length=40, default=None, allow_null=True, help_text="Whose curve is crossed instead."
    )
    direction = serializers.ChoiceField(choices=list(RISING), default="any")
    count = serializers.IntegerField(
        min_value=100,
        max_value=MAX_COUNT,
        default=None,
        allow_null=True,
        help_text="Draws; by default 1000 along one control, 300 over several.",
    )
    seed = serializers.IntegerField(min_value=0, max_value=MAX_SEED, default=0)


class EstimateOutput(serializers.Serializer[Any]):
    unit = serializers.CharField()
    mean = serializers.FloatField()
    std = serializers.FloatField(help_text="One sigma.")
    lower = serializers.FloatField(help_text="95 % interval.")
    upper = serializers.FloatField(help_text="95 % interval.")


class FunctionalsOutput(AnswerOutput):
    kind = serializers.CharField()
    order = serializers.IntegerField()
    value = EstimateOutput(allow_null=True)
    position = serializers.DictField(child=EstimateOutput(), help_text="By free control.")
    share = serializers.FloatField(help_text="Part of the draws that have it.")
    at_bound = serializers.FloatField(help_text="Part of those whose extremum is on a bound.")
    several = serializers.FloatField(help_text="Part of the draws with more than one crossing.")
    seed = serializers.IntegerField()


class FunctionalsView(APIView):
    only_reads = True

    @extend_schema(
        request=FunctionalsInput, responses=FunctionalsOutput, operation_id="twin_functionals"
    )
    def post(self, request: Request, project_id: str) -> Response:
        asked = read_ask(request, project_id, FunctionalsInput)
        body, other = asked.body, asked.body["other_observable"]
        if other is not None:
            second = wanted_observable(asked.project, other, "/other_observable")
            _check_pair(asked.observable, second)
        part = read_slice(list(asked.project.controls.all()), body)
        answer = asked.answer(twin_question, _question(body, part), other=other)
        return Response(_with_units(answer, body, asked.observable, part))


def _check_pair(observable: Observable, other: Observable) -> None:
    if other == observable:
        raise PointedError("/other_observable", f"{other.name!r} does not cross itself")
    if other.unit != observable.unit:
        raise PointedError(
            "/other_observable", f"{other.name!r} is in {other.unit}; allowed: {observable.unit}"
        )


def _question(asked: dict[str, Any], part: Slice) -> dict[str, Any]:
    return {
        "name": "functional",
        **{name: asked[name] for name in ("kind", "order", "seed")},
        "count": asked["count"] or (COUNT if len(part.free) == 1 else COUNT_OF_BOX),
        "at": part.at,
        "within": part.within,
        "level": asked["level"] or 0.0,
        "rising": RISING[asked["direction"]],
    }


def _with_units(
    answer: dict[str, Any], asked: dict[str, Any], observable: Observable, part: Slice
) -> dict[str, Any]:
    unit = _unit(asked, observable, part.free[0])
    return {
        **answer,
        **{name: asked[name] for name in ("kind", "order", "seed")},
        "value": answer["value"] and {"unit": unit, **answer["value"]},
        "position": {
            part.controls[control].name: {"unit": part.controls[control].unit, **place}
            for control, place in answer["position"]
        },
    }


def _unit(asked: dict[str, Any], observable: Observable, control: Control) -> str:
    named = integral_unit if asked["kind"] == Kind.AREA else derivative_unit
    return named(observable, control, asked["order"])
