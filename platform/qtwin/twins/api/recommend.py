"""Plans that are run at once, over HTTP."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from qtwin.accounts.api.scopes import has_scope
from qtwin.accounts.models import Scope
from qtwin.jobs.api.rows import ManyJobs
from qtwin.jobs.api.submit import answer_many
from qtwin.jobs.services import RequestConflict
from qtwin.projects.selectors import projects_writable_by
from qtwin.rest.once import asked_key, body_digest
from qtwin.rest.problem import Conflict
from qtwin.rest.view import APIView
from qtwin.twins.api.ask import read_ask
from qtwin.twins.api.plan import PlanInput, PlanOutput, plan_of
from qtwin.twins.services import recommendation_run


class RecommendationOutput(ManyJobs):
    plan = PlanOutput(allow_null=True, help_text="Null where the key was known.")


class RunRecommendationView(APIView):
    largest_field = "/points"

    @extend_schema(
        request=PlanInput,
        parameters=[OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER)],
        responses={202: RecommendationOutput, 200: RecommendationOutput, 207: RecommendationOutput},
        operation_id="twin_run_recommendation",
    )
    def post(self, request: Request, project_id: str) -> Response:
        """What the same body, posted to ``twin:plan``, would recommend, submitted as jobs."""
        user: Any = request.user
        get_object_or_404(projects_writable_by(user), pk=project_id)
        asked = read_ask(request, project_id, PlanInput)
        try:
            plan, outcomes = recommendation_run(
                project=asked.project,
                observable=asked.observable.name,
                plan=lambda: plan_of(asked),
                by=user,
                key=asked_key(request),
                body_sha256=body_digest(request.data),
                may_spend=has_scope(request, Scope.SPEND),
            )
        except RequestConflict as error:
            raise Conflict("Idempotency-Key", str(error)) from error
        return answer_many(outcomes, user, plan=plan)
