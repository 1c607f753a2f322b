"""Loops over HTTP: begin one, watch its rounds, cancel it."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from backends.errors import ProgramRejected
from qtwin.accounts.api.scopes import has_scope
from qtwin.accounts.models import Scope
from qtwin.campaigns.api.input import CampaignInput, read_steps
from qtwin.jobs.api.refusal import refusal
from qtwin.projects.refusal import SpendingRefused
from qtwin.rest.filters import choice, filtered, mine, parameters, times
from qtwin.rest.once import once_per_key
from qtwin.rest.pages import NewestFirst
from qtwin.rest.problem import Conflict, PointedError
from qtwin.rest.view import APIView
from qtwin.rest.watch import WAIT, check_wait, watched
from qtwin.training.api.report import StagesInput
from qtwin.training.api.rows import LoopRow
from qtwin.training.api.run import LearnerInput
from qtwin.training.api.world import visible_world, writable_world
from qtwin.training.limits import MOST_ROUNDS
from qtwin.training.selectors import loops_visible_to, loops_writable_by
from qtwin.training.services import NotReady, TooMany, loop_create, work_cancel
from qtwin.training.states import State

FILTERS = (choice("state", "state", State.values), mine(), *times("created_at", "Begun"))


class TrainingLoopInput(LearnerInput):
    """Each round's learner with its budget, and what comes after it."""

    report = StagesInput(help_text="The policy of the round before is beside it by itself.")
    campaign = CampaignInput(help_text="What is measured between two rounds.")
    rounds = serializers.IntegerField(min_value=1, max_value=MOST_ROUNDS, required=False, default=3)
    improvement = serializers.FloatField(
        min_value=0.0,
        max_value=1e9,
        required=False,
        default=0.0,
        help_text="It ends when the gap falls by no more than this, or than its error.",
    )


class WorldLoopsView(APIView):
    """The loops that began in a world."""

    @extend_schema(
        parameters=parameters(FILTERS),
        responses=LoopRow(many=True),
        operation_id="world_loops_list",
    )
    def get(self, request: Request, world_id: str) -> Response:
        user: Any = request.user
        world = visible_world(request, world_id)
        pages = NewestFirst()
        rows = filtered(loops_visible_to(user).filter(world=world), request, FILTERS)
        page = pages.paginate_queryset(rows, request, view=self)
        return pages.get_paginated_response(LoopRow(page or [], many=True).data)

    @extend_schema(
        request=TrainingLoopInput,
        responses={202: LoopRow, 200: LoopRow},
        operation_id="loops_create",
    )
    @once_per_key()
    def post(self, request: Request, world_id: str) -> Response:
        """Train, transfer, measure, refit, and train again in the world that was learned anew."""
        user: Any = request.user
        world = writable_world(request, world_id)
        data = TrainingLoopInput(data=request.data)
        data.is_valid(raise_exception=True)
        asked = data.validated_data
        try:
            loop = loop_create(
                world=world,
                by=user,
                may_spend=has_scope(request, Scope.SPEND),
                **asked | {"campaign": read_steps(asked["campaign"])},
            )
        except SpendingRefused as error:
            raise refusal(error) from error
        except ProgramRejected as error:
            raise PointedError(error.field, str(error)) from error
        except (NotReady, TooMany) as error:
            raise Conflict("", str(error)) from error
        return Response(
            LoopRow(loop).data,
            status=status.HTTP_202_ACCEPTED,
            headers={"Location": f"/api/v1/loops/{loop.pk}"},
        )


class LoopView(APIView):
    @extend_schema(parameters=[WAIT], responses=LoopRow, operation_id="loops_detail")
    def get(self, request: Request, loop_id: str) -> Response:
        """Its rounds so far, each with what it made and the gap that it found."""
        check_wait(request)
        user: Any = request.user
        loop = get_object_or_404(loops_visible_to(user), pk=loop_id)
        watched(request, [loop.world.project_id], ended=loop.has_ended)
        return Response(LoopRow(loop).data)


class LoopCancelView(APIView):
    @extend_schema(request=None, responses={202: LoopRow}, operation_id="loops_cancel")
    def post(self, request: Request, loop_id: str) -> Response:
        """Stop it with what its round has under way; what is done stays."""
        user: Any = request.user
        loop = get_object_or_404(loops_writable_by(user), pk=loop_id)
        if not work_cancel(work=loop, by=user) and loop.cancel_requested_at is None:
            raise Conflict("", f"the loop is {loop.state}")
        return Response(LoopRow(loop).data, status=status.HTTP_202_ACCEPTED)
