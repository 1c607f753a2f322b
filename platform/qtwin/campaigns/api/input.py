"""What a request for a campaign may say."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from qtwin.campaigns.outline import StepPlan
from qtwin.jobs.api.submit import MAX_SHOTS
from qtwin.rest.serializer import StrictSerializer
from qtwin.twins.api.plan import GOALS, MAX_BATCH, PriceInput

MAX_STEPS = 20
MAX_SOURCES = 50
MAX_CHUNK = 10_000
MAX_SEED = 2**31 - 1
STEP_NAME = r"^[a-z][a-z0-9_]*$"
AXIS = {
    "oneOf": [
        {"type": "array", "items": {"type": "number"}},
        {
            "type": "object",
            "properties": {
                "from": {"type": "number"},
                "to": {"type": "number"},
                "count": {"type": "integer"},
            },
            "required": ["from", "to", "count"],
        },
    ]
}
DESIGN = {
    "oneOf": [
        {
            "type": "array",
            "items": {
                "oneOf": [{"type": "number"}, {"type": "array", "items": {"type": "number"}}]
            },
        },
        {
            "type": "object",
            "properties": {"grid": {"type": "object", "additionalProperties": AXIS}},
            "required": ["grid"],
        },
        {
            "type": "object",
            "properties": {
                "latin_hypercube": {
                    "type": "object",
                    "properties": {
                        "count": {"type": "integer"},
                        "seed": {"type": "integer"},
                        "bounds": {
                            "type": "object",
                            "additionalProperties": {
                                "type": "array",
                                "items": {"type": "number"},
                            },
                        },
                    },
                    "required": ["count"],
                }
            },
            "required": ["latin_hypercube"],
        },
    ]
}


@extend_schema_field(DESIGN)
class DesignField(serializers.Field[Any, Any, Any, Any]):
    """A list of points, a grid or a Latin hypercube; `campaigns.points` reads it."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, list | dict) or not data:
            raise serializers.ValidationError("allowed: a list of points, grid, or latin_hypercube")
        return data

    def to_representation(self, value: Any) -> Any:
        return value


class CampaignSourceInput(StrictSerializer):
    knobs = serializers.DictField(
        child=serializers.FloatField(), required=False, default=dict, help_text="One value each."
    )
    shots = serializers.IntegerField(
        min_value=1, max_value=MAX_SHOTS, required=False, allow_null=True, default=None
    )

    def get_fields(self) -> dict[str, Any]:
        """``source`` is taken by the base class, as an argument of every field."""
        return {"source": serializers.CharField(max_length=40), **super().get_fields()}

    def to_internal_value(self, data: Any) -> Any:
        """A name alone is a source without options."""
        return super().to_internal_value({"source": data} if isinstance(data, str) else data)


class SweepInput(StrictSerializer):
    sources = CampaignSourceInput(many=True, allow_empty=False)
    points = DesignField()
    observables = serializers.ListField(
        child=serializers.CharField(max_length=40), required=False, default=list
    )
    chunk_points = serializers.IntegerField(
        min_value=1, max_value=MAX_CHUNK, required=False, allow_null=True, default=None
    )
    seed = serializers.IntegerField(
        min_value=0, max_value=MAX_SEED, required=False, allow_null=True, default=None
    )

    def validate_sources(self, sources: list[Any]) -> list[Any]:
        return _at_most(MAX_SOURCES, sources)


def _at_most(most: int, items: list[Any]) -> list[Any]:
    if len(items) > most:
        raise serializers.ValidationError(f"{len(items)} items; allowed: at most {most}")
    return items


class LoopInput(StrictSerializer):
    observable = serializers.CharField(max_length=40)
    prices = serializers.DictField(child=PriceInput(), allow_empty=False)
    target = serializers.FloatField(required=False, allow_null=True, default=None)
    budget = serializers.FloatField(required=False, allow_null=True, default=None)
    batch = serializers.IntegerField(min_value=1, max_value=MAX_BATCH, required=False, default=4)
    goal = serializers.ChoiceField(choices=list(GOALS), required=False, default=GOALS[0])
    points = DesignField(required=False, allow_null=True, default=None)
    start = SweepInput(
        required=False, allow_null=True, default=None, help_text="Runs before the first decision."
    )
    seed = serializers.IntegerField(
        min_value=0, max_value=MAX_SEED, required=False, allow_null=True, default=None
    )

    def validate(self, loop: dict[str, Any]) -> dict[str, Any]:
        if loop["target"] is None and loop["budget"] is None:
            raise serializers.ValidationError({"target": ["needed: target or budget, above 0"]})
        for name in ("target", "budget"):
            value = loop[name]
            if value is not None and not 0.0 < value < float("inf"):
                raise serializers.ValidationError(
                    {name: [f"{value!r}; allowed: a finite number above 0"]}
                )
        for name, price in loop["prices"].items():
            if not price["per_run"] + price["per_shot"] > 0.0:
                raise serializers.ValidationError(
                    {"prices": {name: ["allowed: per_run or per_shot above 0"]}}
                )
        return loop


class WorkInput(StrictSerializer):
    """One of ``sweep`` and ``loop``."""

    sweep = SweepInput(required=False)
    loop = LoopInput(required=False)


class StepInput(WorkInput):
    name = serializers.RegexField(STEP_NAME, max_length=40)
    after = serializers.ListField(
        child=serializers.CharField(max_length=40), required=False, default=list
    )
    when = serializers.CharField(required=False, default="", max_length=400)

    def validate(self, step: dict[str, Any]) -> dict[str, Any]:
        if ("sweep" in step) == ("loop" in step):
            raise serializers.ValidationError("needed: either sweep or loop")
        return step


class CampaignInput(WorkInput):
    """One of ``sweep``, ``loop`` and ``steps``."""

    name = serializers.CharField(max_length=120)
    steps = StepInput(many=True, required=False, allow_empty=False)

    def validate_steps(self, steps: list[Any]) -> list[Any]:
        return _at_most(MAX_STEPS, steps)

    def validate(self, campaign: dict[str, Any]) -> dict[str, Any]:
        if sum(kind in campaign for kind in ("sweep", "loop", "steps")) != 1:
            raise serializers.ValidationError("needed: either sweep, loop or steps")
        return campaign


def read_campaign(body: Any) -> tuple[str, list[StepPlan]]:
    """Name and steps of a request."""
    data = CampaignInput(data=body)
    data.is_valid(raise_exception=True)
    return read_steps(data.validated_data)


def read_steps(asked: dict[str, Any]) -> tuple[str, list[StepPlan]]:
    """Name and steps of a campaign that was checked."""
    if "steps" not in asked:
        kind = "sweep" if "sweep" in asked else "loop"
        return asked["name"], [StepPlan(name=kind, kind=kind, spec=asked[kind])]
    return asked["name"], [
        StepPlan(
            name=step["name"],
            kind="sweep" if "sweep" in step else "loop",
            spec=step.get("sweep") or step["loop"],
            after=tuple(step["after"]),
            when=step["when"],
            at=f"/steps/{index}",
        )
        for index, step in enumerate(asked["steps"])
    ]
