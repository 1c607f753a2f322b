"""Evaluations of policies over HTTP: ask for a rollout, and read it."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from qtwin.rest.problem import Conflict
from qtwin.rest.serializer import StrictSerializer
from qtwin.rest.view import APIView
from qtwin.rest.watch import WAIT, check_wait, watched
from qtwin.training.api.policy import writable_policy
from qtwin.training.api.rows import EvaluationRow
from qtwin.training.selectors import evaluations_visible_to
from qtwin.training.services import TooMany, evaluation_ask

TRUTHS = ("posterior", "nominal")
MOST_EPISODES = 1000


class EvaluationInput(StrictSerializer):
    truth = serializers.ChoiceField(choices=TRUTHS, required=False, default=TRUTHS[0])
    draw = serializers.IntegerField(
        min_value=0,
        max_value=10**6,
        required=False,
        allow_null=True,
        default=None,
        help_text="Number of the truth; by the seed where none is given.",
    )
    seed = serializers.IntegerField(min_value=0, max_value=2**31 - 1, required=False, default=0)
    episodes = serializers.IntegerField(
        min_value=1,
        max_value=MOST_EPISODES,
        required=False,
        default=1,
        help_text="Whose values are summed up, beside the one that is written out.",
    )


class PolicyEvaluateView(APIView):
    @extend_schema(
        request=EvaluationInput,
        responses={202: EvaluationRow, 200: EvaluationRow},
        operation_id="policies_evaluate",
    )
    def post(self, request: Request, policy_id: str) -> Response:
        """Play the policy; the same question is answered from what is known."""
        user: Any = request.user
        policy = writable_policy(request, policy_id)
        data = EvaluationInput(data=request.data)
        data.is_valid(raise_exception=True)
        try:
            row, made = evaluation_ask(policy=policy, asked=data.validated_data, by=user)
        except TooMany as error:
            raise Conflict("", str(error)) from error
        return Response(
            EvaluationRow(row).data,
            status=status.HTTP_202_ACCEPTED if made else status.HTTP_200_OK,
            headers={"Location": f"/api/v1/evaluations/{row.pk}"},
        )


class EvaluationView(APIView):
    @extend_schema(parameters=[WAIT], responses=EvaluationRow, operation_id="evaluations_detail")
    def get(self, request: Request, evaluation_id: str) -> Response:
        """The rollout of a policy, when it is done."""
        check_wait(request)
        user: Any = request.user
        row = get_object_or_404(evaluations_visible_to(user), pk=evaluation_id)
        watched(request, [row.policy.world.project_id], ended=row.has_ended)
        return Response(EvaluationRow(row).data)
