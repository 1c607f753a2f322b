"""What a team's vendors have, as of the last time that they were asked."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from backends.device_status import DeviceState
from qtwin.accounts.api.credentials import TestRow
from qtwin.accounts.models import Team
from qtwin.accounts.selectors import devices_of, teams_visible_to, teams_writable_by
from qtwin.accounts.services import devices_refresh
from qtwin.rest.view import APIView

STATES = [(state.value, state.value) for state in DeviceState]


class PriceRow(serializers.Serializer[Any]):
    task = serializers.IntegerField()
    shot = serializers.IntegerField()
    minute = serializers.IntegerField()


class DeviceRow(serializers.Serializer[Any]):
    backend = serializers.CharField()
    name = serializers.CharField(help_text="As the setting device of a source names it.")
    state = serializers.ChoiceField(choices=STATES)
    reason = serializers.CharField(help_text="Why it is not online.")
    opens_at = serializers.DateTimeField(allow_null=True)
    queue = serializers.IntegerField(allow_null=True, help_text="Jobs that wait for it.")
    qubits = serializers.IntegerField(allow_null=True)
    price_micro_usd = PriceRow(allow_null=True)
    price_of = serializers.CharField(help_text="Where the price is from, with its date.")
    calibration_id = serializers.CharField()
    calibrated_at = serializers.DateTimeField(allow_null=True)


class VendorRow(serializers.Serializer[Any]):
    vendor = serializers.CharField()
    as_of = serializers.DateTimeField(allow_null=True)
    last_test = TestRow(source="test", allow_null=True)
    devices = DeviceRow(many=True)


def _shown(team: Team) -> dict[str, Any]:
    return {"results": VendorRow(devices_of(team), many=True).data}


class DevicesView(APIView):
    paged = False

    @extend_schema(responses=VendorRow(many=True), operation_id="devices_list")
    def get(self, request: Request, team_id: str) -> Response:
        """Devices of each vendor to which the team has a key."""
        user: Any = request.user
        return Response(_shown(get_object_or_404(teams_visible_to(user), pk=team_id)))


class DevicesRefreshView(APIView):
    paged = False

    @extend_schema(
        request=None, responses={202: VendorRow(many=True)}, operation_id="devices_refresh"
    )
    def post(self, request: Request, team_id: str) -> Response:
        """Ask every vendor anew, which costs nothing."""
        user: Any = request.user
        team = get_object_or_404(teams_writable_by(user), pk=team_id)
        devices_refresh(team=team, by=user)
        headers = {"Retry-After": "1"}
        return Response(_shown(team), status=status.HTTP_202_ACCEPTED, headers=headers)
