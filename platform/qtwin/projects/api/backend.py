"""Which backends there are and what they can do."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from backends import registry
from backends.errors import UnknownBackend
from backends.setting import allowed_values
from qtwin.accounts.api.devices import DeviceRow
from qtwin.projects.offers import Offers, Status, offers_seen_by
from qtwin.rest.view import APIView


class OfferedDevice(DeviceRow):
    team = serializers.UUIDField(help_text="By whose key it was seen.")
    as_of = serializers.DateTimeField(allow_null=True, help_text="When the vendor was asked.")


class BackendRow(serializers.Serializer[Any]):
    name = serializers.CharField()
    title = serializers.CharField()
    kind = serializers.CharField()
    methods = serializers.ListField(child=serializers.CharField())
    max_qubits = serializers.IntegerField(allow_null=True)
    max_shots = serializers.IntegerField(allow_null=True)
    exact = serializers.BooleanField()
    paid = serializers.BooleanField()
    status = serializers.ChoiceField(
        choices=[one.value for one in Status], help_text="Whether a job of yours would start."
    )
    stopped = serializers.ListField(
        child=serializers.CharField(),
        help_text="Why no new job of yours starts on it; empty when they do.",
    )
    knobs = serializers.DictField(help_text="Lower and upper bound by knob.")
    settings = serializers.DictField(
        help_text="Allowed values by setting; lower and upper of a number; null: free."
    )
    devices = OfferedDevice(many=True, help_text="Status, queue, price; where there are any.")


def backend_row(name: str) -> dict[str, Any]:
    """A backend's static capabilities; loads no SDK."""
    backend = registry.get(name)
    able = backend.capabilities
    return {
        "name": name,
        "title": backend.title or name,
        "kind": str(able.kind),
        "methods": list(able.methods),
        "max_qubits": able.max_qubits,
        "max_shots": able.max_shots,
        "exact": able.exact,
        "paid": able.paid,
        "knobs": {knob: [low, high] for knob, low, high in able.knobs},
        "settings": {setting: allowed_values(allowed) for setting, allowed in able.settings},
    }


class BackendsView(APIView):
    paged = False

    @extend_schema(responses=BackendRow(many=True), operation_id="backends_list")
    def get(self, request: Request) -> Response:
        user: Any = request.user
        offers = offers_seen_by(user)
        return Response({"results": [_offered(name, offers) for name in registry.names()]})


class BackendView(APIView):
    @extend_schema(responses=BackendRow, operation_id="backends_detail")
    def get(self, request: Request, name: str) -> Response:
        user: Any = request.user
        try:
            return Response(_offered(name, offers_seen_by(user)))
        except UnknownBackend as error:
            raise NotFound(str(error)) from error


def _offered(name: str, offers: Offers) -> dict[str, Any]:
    return backend_row(name) | {
        "status": offers.status(name),
        "stopped": offers.stopped(name),
        "devices": OfferedDevice(offers.devices(name), many=True).data,
    }
