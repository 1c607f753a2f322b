"""Which backends there are and what they can do."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backends import registry
from backends.base import allowed_values


class BackendRow(serializers.Serializer[Any]):
    name = serializers.CharField()
    title = serializers.CharField()
    kind = serializers.CharField()
    methods = serializers.ListField(child=serializers.CharField())
    max_qubits = serializers.IntegerField(allow_null=True)
    max_shots = serializers.IntegerField(allow_null=True)
    exact = serializers.BooleanField()
    paid = serializers.BooleanField()
    knobs = serializers.DictField(help_text="Lower and upper bound by knob.")
    settings = serializers.DictField(
        help_text="Allowed values by setting; lower and upper of a number; null: free."
    )


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
    @extend_schema(responses=BackendRow(many=True), operation_id="backends_list")
    def get(self, request: Request) -> Response:
        return Response({"results": [backend_row(name) for name in registry.names()]})
