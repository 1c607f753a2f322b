"""Campaigns over HTTP: start one, look at it, pause, resume, retry and cancel it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.generics import get_object_or_404
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

from backends.errors import ProgramRejected
from qtwin.accounts.api.scopes import has_scope
from qtwin.accounts.models import Scope
from qtwin.campaigns.api.input import CampaignInput, read_campaign
from qtwin.campaigns.api.rows import CampaignDetail, CampaignRow, DecisionRow, EntryRow
from qtwin.campaigns.models import Campaign, Decision
from qtwin.campaigns.selectors import campaigns_visible_to, campaigns_writable_by, entries_of
from qtwin.campaigns.services import (
    CampaignConflict,
    NothingToRetry,
    campaign_cancel,
    campaign_create,
    campaign_pause,
    campaign_resume,
    campaign_retry,
)
from qtwin.campaigns.states import State
from qtwin.jobs.api.refusal import refusal
from qtwin.projects.refusal import SpendingRefused
from qtwin.projects.selectors import projects_visible_to, projects_writable_by
from qtwin.rest.filters import Filter, choice, filtered, identifier, mine, parameters, times
from qtwin.rest.once import asked_key, body_digest, once_per_key
from qtwin.rest.pages import NewestFirst
from qtwin.rest.problem import Conflict
from qtwin.rest.view import APIView
from qtwin.rest.watch import WAIT, check_wait, watched

FILTERS = (
    choice("state", "state", [state.value for state in State]),
    mine(),
    *times("created_at", "Begun"),
)
PROJECT = identifier("project", "project")


class ByNumber(CursorPagination):
    ordering = "number"
    page_size_query_param = "limit"
    max_page_size = 200


class ById(ByNumber):
    ordering = "id"


class ProjectCampaignsView(APIView):
    """The campaigns of a project."""

    largest_field = "/sweep/points"

    @extend_schema(
        parameters=parameters(FILTERS),
        responses=CampaignRow(many=True),
        operation_id="project_campaigns_list",
    )
    def get(self, request: Request, project_id: str) -> Response:
        user: Any = request.user
        project = get_object_or_404(projects_visible_to(user), pk=project_id)
        rows = campaigns_visible_to(user).filter(project=project)
        return _page(self, request, rows, FILTERS)

    @extend_schema(
        request=CampaignInput,
        parameters=[OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER)],
        responses={202: CampaignDetail, 200: CampaignDetail},
        operation_id="campaigns_create",
    )
    def post(self, request: Request, project_id: str) -> Response:
        user: Any = request.user
        project = get_object_or_404(projects_writable_by(user), pk=project_id)
        name, steps = read_campaign(request.data)
        try:
            campaign, new = campaign_create(
                project=project,
                name=name,
                steps=steps,
                by=user,
                key=asked_key(request),
                body_sha256=body_digest(request.data),
                may_spend=has_scope(request, Scope.SPEND),
            )
        except CampaignConflict as error:
            raise Conflict("Idempotency-Key", str(error)) from error
        except (ProgramRejected, SpendingRefused) as error:
            raise refusal(error, field=error.field) from error
        return Response(
            CampaignDetail(campaign).data,
            status=status.HTTP_202_ACCEPTED if new else status.HTTP_200_OK,
            headers={
                "Location": f"/api/v1/campaigns/{campaign.pk}",
                **({} if new else {"Idempotency-Replayed": "true"}),
            },
        )


class AllCampaignsView(APIView):
    @extend_schema(
        parameters=parameters([*FILTERS, PROJECT]),
        responses=CampaignRow(many=True),
        operation_id="campaigns_list",
    )
    def get(self, request: Request) -> Response:
        user: Any = request.user
        return _page(self, request, campaigns_visible_to(user), [*FILTERS, PROJECT])


def _page(
    view: APIView, request: Request, rows: QuerySet[Campaign], filters: Sequence[Filter]
) -> Response:
    pages = NewestFirst()
    page = pages.paginate_queryset(filtered(rows, request, filters), request, view=view)
    return pages.get_paginated_response(CampaignRow(page or [], many=True).data)


def visible_campaign(request: Request, campaign_id: str) -> Campaign:
    user: Any = request.user
    return get_object_or_404(campaigns_visible_to(user), pk=campaign_id)


class CampaignView(APIView):
    @extend_schema(parameters=[WAIT], responses=CampaignDetail, operation_id="campaigns_detail")
    def get(self, request: Request, campaign_id: str) -> Response:
        check_wait(request)
        campaign = visible_campaign(request, campaign_id)
        watched(request, [campaign.project_id], ended=campaign.is_terminal)
        return Response(CampaignDetail(campaign).data)


class EntriesView(APIView):
    @extend_schema(responses=EntryRow(many=True), operation_id="campaigns_entries")
    def get(self, request: Request, campaign_id: str) -> Response:
        """The table: entries (chunks of points) × sources, each with its state."""
        pages = ByNumber()
        rows = entries_of(visible_campaign(request, campaign_id))
        page = pages.paginate_queryset(rows, request, view=self)
        return pages.get_paginated_response(EntryRow(page or [], many=True).data)


class DecisionsView(APIView):
    @extend_schema(responses=DecisionRow(many=True), operation_id="campaigns_decisions")
    def get(self, request: Request, campaign_id: str) -> Response:
        """What its closed loops decided, and why."""
        pages = ById()
        campaign = visible_campaign(request, campaign_id)
        rows = Decision.objects.filter(step__campaign=campaign).select_related("step")
        page = pages.paginate_queryset(rows, request, view=self)
        return pages.get_paginated_response(DecisionRow(page or [], many=True).data)


class PauseView(APIView):
    @extend_schema(request=None, responses={202: CampaignRow}, operation_id="campaigns_pause")
    def post(self, request: Request, campaign_id: str) -> Response:
        """Make no more jobs; those that there are go on."""
        return _control(request, campaign_id, campaign_pause)


class ResumeView(APIView):
    @extend_schema(request=None, responses={202: CampaignRow}, operation_id="campaigns_resume")
    def post(self, request: Request, campaign_id: str) -> Response:
        """Go on where it stopped."""
        may_spend = has_scope(request, Scope.SPEND)
        return _control(request, campaign_id, campaign_resume, may_spend=may_spend)


class CancelView(APIView):
    @extend_schema(request=None, responses={202: CampaignRow}, operation_id="campaigns_cancel")
    def post(self, request: Request, campaign_id: str) -> Response:
        """Cancel its open jobs, and make no more; what was measured stays."""
        return _control(request, campaign_id, campaign_cancel)


class RetryView(APIView):
    @extend_schema(
        request=None,
        responses={202: CampaignRow, 200: CampaignRow},
        operation_id="campaigns_retry",
    )
    @once_per_key()
    def post(self, request: Request, campaign_id: str) -> Response:
        """Make new jobs for runs that failed and points without an answer."""
        user: Any = request.user
        campaign = get_object_or_404(campaigns_writable_by(user), pk=campaign_id)
        try:
            campaign_retry(campaign=campaign, by=user, may_spend=has_scope(request, Scope.SPEND))
        except NothingToRetry as error:
            raise Conflict("", str(error)) from error
        except SpendingRefused as error:
            raise refusal(error) from error
        return Response(CampaignRow(campaign).data, status=status.HTTP_202_ACCEPTED)


def _control(
    request: Request, campaign_id: str, act: Callable[..., bool], **more: bool
) -> Response:
    """Doing again what holds already is fine; what cannot be done any more is a conflict."""
    user: Any = request.user
    campaign = get_object_or_404(campaigns_writable_by(user), pk=campaign_id)
    try:
        done = act(campaign=campaign, by=user, **more)
    except SpendingRefused as error:
        raise refusal(error) from error
    if not done:
        campaign.refresh_from_db()
        wanted = {campaign_pause: State.PAUSED, campaign_resume: State.RUNNING}.get(act)
        holds = campaign.cancel_requested_at is not None if wanted is None else False
        if not holds and (campaign.state != wanted or campaign.cancel_requested_at):
            raise Conflict("", f"the campaign is {campaign.state}")
    return Response(CampaignRow(campaign).data, status=status.HTTP_202_ACCEPTED)
