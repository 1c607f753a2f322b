"""Which backends there are and what they can do."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backends import registry
from backends.setting import allowed_values
from qtwin.projects.selectors import stops_seen_by


class BackendRow(serializers.Serializer[Any]):
    name = serializers.CharField()
    title = serializers.CharField()
    kind = serializers.CharField()
    methods = serializers.ListField(child=serializers.CharField())
    max_qubits = serializers.IntegerField(allow_null=True)
    max_shots = serializers.IntegerField(allow_null=True)
    exact = serializers.BooleanField()
    paid = serializers.BooleanField()
    stopped = serializers.ListField(
        child=serializers.CharField(),
        help_text="Why no new job of yours starts on it; empty when they do.",
    )
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
    paged = False

    @extend_schema(responses=BackendRow(many=True), operation_id="backends_list")
    def get(self, request: Request) -> Response:
        user: Any = request.user
        stops = stops_seen_by(user)
        return Response(
            {
                "results": [
                    backend_row(name)
                    | {
                        "stopped": [
                            why
                            for backend, whys in stops.items()
                            if name == backend or name.endswith(f"+{backend}")
                            for why in whys
                        ]
                    }
                    for name in registry.names()
                ]
            }
        )
