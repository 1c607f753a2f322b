"""A team's webhooks: made, changed, tested, removed; their secrets are shown once."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from qtwin.accounts.api.credentials import managed_team
from qtwin.rest.once import once_per_key
from qtwin.rest.problem import Conflict, PointedError
from qtwin.rest.serializer import StrictSerializer
from qtwin.rest.tags import IF_MATCH, check_match, still_matching
from qtwin.rest.view import APIView
from qtwin.webhooks.api.delivery import DeliveryRow
from qtwin.webhooks.kinds import ASKED
from qtwin.webhooks.models import Webhook
from qtwin.webhooks.models.webhook import LONGEST_URL
from qtwin.webhooks.selectors import webhooks_of
from qtwin.webhooks.services import (
    delivery_test,
    webhook_change,
    webhook_create,
    webhook_delete,
)
from qtwin.webhooks.services.delivery import IsOff
from qtwin.webhooks.services.webhook import TooMany
from qtwin.webhooks.target import BadTarget


def events_field(**more: Any) -> serializers.ListField:
    return serializers.ListField(
        child=serializers.ChoiceField(choices=ASKED), min_length=1, max_length=len(ASKED), **more
    )


class WebhookRow(serializers.ModelSerializer[Webhook]):
    on = serializers.SerializerMethodField()

    class Meta:
        model = Webhook
        fields = [
            *("id", "url", "events", "on", "note", "created_at"),
            *("failures", "failing_since", "retry_at"),
        ]

    def get_on(self, row: Webhook) -> bool:
        return row.off_since is None


class NewWebhook(WebhookRow):
    secret = serializers.CharField(help_text="Shown once; it checks signatures.")

    class Meta(WebhookRow.Meta):
        fields = [*WebhookRow.Meta.fields, "secret"]


class WebhookInput(StrictSerializer):
    url = serializers.CharField(max_length=LONGEST_URL, help_text="https://host/path")
    events = events_field()


class WebhookChange(StrictSerializer):
    url = serializers.CharField(max_length=LONGEST_URL, required=False)
    events = events_field(required=False)
    on = serializers.BooleanField(required=False)


def managed_webhook(request: Request, team_id: str, webhook_id: str) -> Webhook:
    found: Webhook = get_object_or_404(webhooks_of(managed_team(request, team_id)), pk=webhook_id)
    return found


class WebhooksView(APIView):
    paged = False

    @extend_schema(responses=WebhookRow(many=True), operation_id="webhooks_list")
    def get(self, request: Request, team_id: str) -> Response:
        """The team's webhooks; for owners and admins."""
        rows = webhooks_of(managed_team(request, team_id))
        return Response({"results": WebhookRow(rows, many=True).data})

    @extend_schema(
        request=WebhookInput, responses={201: NewWebhook}, operation_id="webhooks_create"
    )
    @once_per_key("secret")
    def post(self, request: Request, team_id: str) -> Response:
        """Have an address told of events from now on."""
        team = managed_team(request, team_id)
        data = WebhookInput(data=request.data)
        data.is_valid(raise_exception=True)
        user: Any = request.user
        try:
            made, secret = webhook_create(team=team, by=user, **data.validated_data)
        except BadTarget as error:
            raise PointedError("/url", str(error)) from None
        except TooMany as error:
            raise Conflict("", str(error)) from None
        body = {**WebhookRow(made).data, "secret": secret}
        return Response(body, status=status.HTTP_201_CREATED)


class WebhookView(APIView):
    @extend_schema(responses=WebhookRow, operation_id="webhooks_read")
    def get(self, request: Request, team_id: str, webhook_id: str) -> Response:
        return Response(WebhookRow(managed_webhook(request, team_id, webhook_id)).data)

    @extend_schema(
        request=WebhookChange,
        parameters=[IF_MATCH],
        responses=WebhookRow,
        operation_id="webhooks_change",
    )
    def patch(self, request: Request, team_id: str, webhook_id: str) -> Response:
        """Another address, other events, on or off."""
        webhook = managed_webhook(request, team_id, webhook_id)
        data = WebhookChange(data=request.data)
        data.is_valid(raise_exception=True)
        unchanged = check_match(request, WebhookRow(webhook).data)
        user: Any = request.user
        try:
            with still_matching():
                webhook_change(webhook=webhook, by=user, unchanged=unchanged, **data.validated_data)
        except BadTarget as error:
            raise PointedError("/url", str(error)) from None
        return Response(WebhookRow(managed_webhook(request, team_id, webhook_id)).data)

    @extend_schema(responses={204: None}, operation_id="webhooks_delete")
    def delete(self, request: Request, team_id: str, webhook_id: str) -> Response:
        """Forget it, its secret and what was sent to it."""
        webhook = managed_webhook(request, team_id, webhook_id)
        user: Any = request.user
        webhook_delete(webhook=webhook, by=user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class WebhookTestView(APIView):
    @extend_schema(request=None, responses={202: DeliveryRow}, operation_id="webhooks_test")
    def post(self, request: Request, team_id: str, webhook_id: str) -> Response:
        """Send a message of no consequence; the delivery says what came of it."""
        webhook = managed_webhook(request, team_id, webhook_id)
        user: Any = request.user
        try:
            made = delivery_test(webhook=webhook, by=user)
        except IsOff as error:
            raise Conflict("", str(error)) from None
        return Response(DeliveryRow(made).data, status=status.HTTP_202_ACCEPTED)
