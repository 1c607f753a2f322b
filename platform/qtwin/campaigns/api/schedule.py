"""Schedules over HTTP: campaigns that start by themselves."""

from __future__ import annotations

from datetime import time
from typing import Any

from django.db.models import Q
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from backends import registry
from backends.errors import ProgramRejected, UnknownBackend
from qtwin.accounts.api.scopes import has_scope
from qtwin.accounts.models import Scope, User
from qtwin.campaigns.api.input import CampaignInput, read_steps
from qtwin.campaigns.models import Schedule
from qtwin.campaigns.selectors import schedules_visible_to, schedules_writable_by
from qtwin.campaigns.services import schedule_create, schedule_remove, schedule_set
from qtwin.jobs.api.refusal import refusal
from qtwin.projects.models import Project
from qtwin.projects.refusal import SpendingRefused
from qtwin.projects.selectors import projects_visible_to, projects_writable_by
from qtwin.rest.filters import filtered, mine, parameters, truth
from qtwin.rest.once import once_per_key
from qtwin.rest.pages import NewestFirst
from qtwin.rest.problem import PointedError
from qtwin.rest.serializer import StrictSerializer
from qtwin.rest.tags import IF_MATCH, check_match, still_matching
from qtwin.rest.view import APIView

A_DAY = 24
MOST_DAYS = 366
CLOCK = ("%H:%M",)
FILTERS = (truth("active", lambda value, _: Q(active=value)), mine())


class EveryInput(StrictSerializer):
    """One of ``hours`` and ``days``."""

    hours = serializers.IntegerField(min_value=1, max_value=A_DAY * MOST_DAYS, required=False)
    days = serializers.IntegerField(min_value=1, max_value=MOST_DAYS, required=False)
    at = serializers.TimeField(
        input_formats=CLOCK, default=time(0, 0), help_text="UTC; the first time is counted from it."
    )

    def validate(self, every: dict[str, Any]) -> dict[str, Any]:
        if ("hours" in every) == ("days" in every):
            raise serializers.ValidationError("needed: either hours or days")
        return {"at": every["at"], "every_hours": every.get("hours") or A_DAY * every["days"]}


class ScheduleInput(StrictSerializer):
    """One of ``every`` and ``on_calibration``."""

    campaign = CampaignInput()
    every = EveryInput(required=False)
    on_calibration = serializers.CharField(required=False, max_length=64, help_text="A backend.")

    def validate(self, asked: dict[str, Any]) -> dict[str, Any]:
        if ("every" in asked) == ("on_calibration" in asked):
            raise serializers.ValidationError("needed: either every or on_calibration")
        return asked


class ScheduleRow(serializers.ModelSerializer[Schedule]):
    project = serializers.UUIDField(source="project_id")

    class Meta:
        model = Schedule
        fields = [
            "id",
            "project",
            "name",
            "active",
            "every_hours",
            "next_at",
            "on_calibration",
            "fired",
            "problem",
            "created_at",
        ]


class ProjectSchedulesView(APIView):
    """The schedules of a project."""

    @extend_schema(
        parameters=parameters(FILTERS),
        responses=ScheduleRow(many=True),
        operation_id="schedules_list",
    )
    def get(self, request: Request, project_id: str) -> Response:
        user: Any = request.user
        project = get_object_or_404(projects_visible_to(user), pk=project_id)
        pages = NewestFirst()
        rows = schedules_visible_to(user).filter(project=project)
        page = pages.paginate_queryset(filtered(rows, request, FILTERS), request, view=self)
        return pages.get_paginated_response(ScheduleRow(page or [], many=True).data)

    @extend_schema(
        request=ScheduleInput,
        responses={201: ScheduleRow, 200: ScheduleRow},
        operation_id="schedules_create",
    )
    @once_per_key()
    def post(self, request: Request, project_id: str) -> Response:
        user: Any = request.user
        project = get_object_or_404(projects_writable_by(user), pk=project_id)
        may_spend = has_scope(request, Scope.SPEND)
        schedule = schedule_from(request.data, project=project, by=user, may_spend=may_spend)
        return Response(ScheduleRow(schedule).data, status=status.HTTP_201_CREATED)


def schedule_from(body: Any, *, project: Project, by: User, may_spend: bool) -> Schedule:
    """Make the schedule that a body asks for.

    Raises:
        APIException: Says what is wrong with it, and where.
    """
    data = ScheduleInput(data=body)
    data.is_valid(raise_exception=True)
    asked = data.validated_data
    name, steps = read_steps(asked["campaign"])
    try:
        return schedule_create(
            project=project,
            name=name,
            steps=steps,
            by=by,
            may_spend=may_spend,
            on_calibration=_backend(asked.get("on_calibration", "")),
            **asked.get("every", {}),
        )
    except (ProgramRejected, SpendingRefused) as error:
        error.field = f"/campaign{error.field}"
        raise refusal(error, field=error.field) from error


def _backend(name: str) -> str:
    try:
        return registry.get(name).name if name else ""
    except UnknownBackend as error:
        raise PointedError("/on_calibration", str(error), code="unknown") from error


class ScheduleView(APIView):
    @extend_schema(responses=ScheduleRow, operation_id="schedules_detail")
    def get(self, request: Request, schedule_id: str) -> Response:
        user: Any = request.user
        return Response(
            ScheduleRow(get_object_or_404(schedules_visible_to(user), pk=schedule_id)).data
        )

    @extend_schema(parameters=[IF_MATCH], responses={204: None}, operation_id="schedules_remove")
    def delete(self, request: Request, schedule_id: str) -> Response:
        """Remove it; the campaigns that it started stay."""
        user: Any = request.user
        schedule = get_object_or_404(schedules_writable_by(user), pk=schedule_id)
        unchanged = check_match(request, ScheduleRow(schedule).data)
        with still_matching():
            schedule_remove(schedule=schedule, by=user, unchanged=unchanged)
        return Response(status=status.HTTP_204_NO_CONTENT)


class ScheduleStopView(APIView):
    tagged = True

    @extend_schema(
        request=None, parameters=[IF_MATCH], responses=ScheduleRow, operation_id="schedules_stop"
    )
    def post(self, request: Request, schedule_id: str) -> Response:
        """Start no more campaigns; one that runs goes on."""
        return _set(request, schedule_id, active=False)


class ScheduleStartView(APIView):
    tagged = True

    @extend_schema(
        request=None, parameters=[IF_MATCH], responses=ScheduleRow, operation_id="schedules_start"
    )
    def post(self, request: Request, schedule_id: str) -> Response:
        """Start campaigns again, from the next occasion on."""
        return _set(request, schedule_id, active=True)


def _set(request: Request, schedule_id: str, *, active: bool) -> Response:
    user: Any = request.user
    schedule = get_object_or_404(schedules_writable_by(user), pk=schedule_id)
    may_spend = has_scope(request, Scope.SPEND)
    unchanged = check_match(request, ScheduleRow(schedule).data)
    try:
        with still_matching():
            schedule_set(
                schedule=schedule, active=active, by=user, may_spend=may_spend, unchanged=unchanged
            )
    except SpendingRefused as error:
        raise refusal(error) from error
    return Response(ScheduleRow(schedule).data)
