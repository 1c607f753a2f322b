"""What was sent to a webhook, and what came of it."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from qtwin.accounts.api.credentials import managed_team
from qtwin.rest.pages import NewestFirst
from qtwin.rest.problem import Conflict
from qtwin.rest.view import APIView
from qtwin.webhooks.models import Delivery, Webhook
from qtwin.webhooks.selectors import deliveries_of, webhooks_of
from qtwin.webhooks.services import delivery_again
from qtwin.webhooks.services.delivery import IsOff


class DeliveryRow(serializers.ModelSerializer[Delivery]):
    class Meta:
        model = Delivery
        fields = [
            *("id", "event", "kind", "body", "state", "attempts", "created_at"),
            *("next_at", "last_at", "status", "detail"),
        ]


def _webhook(request: Request, team_id: str, webhook_id: str) -> Webhook:
    found: Webhook = get_object_or_404(webhooks_of(managed_team(request, team_id)), pk=webhook_id)
    return found


class DeliveriesView(APIView):
    @extend_schema(responses=DeliveryRow(many=True), operation_id="deliveries_list")
    def get(self, request: Request, team_id: str, webhook_id: str) -> Response:
        """Those of the last 30 days and those that wait, the newest first."""
        pages = NewestFirst()
        rows = pages.paginate_queryset(
            deliveries_of(_webhook(request, team_id, webhook_id)), request, view=self
        )
        return pages.get_paginated_response(DeliveryRow(rows, many=True).data)


class DeliveryAgainView(APIView):
    @extend_schema(request=None, responses={202: DeliveryRow}, operation_id="deliveries_redeliver")
    def post(self, request: Request, team_id: str, webhook_id: str, delivery_id: str) -> Response:
        """Send the same message again, with the same ``webhook-id``."""
        rows = deliveries_of(_webhook(request, team_id, webhook_id))
        user: Any = request.user
        try:
            delivery_again(delivery=get_object_or_404(rows, pk=delivery_id), by=user)
        except IsOff as error:
            raise Conflict("", str(error)) from None
        shown = DeliveryRow(rows.get(pk=delivery_id)).data
        return Response(shown, status=status.HTTP_202_ACCEPTED)
