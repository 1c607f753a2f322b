"""Whether a backend takes a method and its settings, before a source is made of them."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from backends.errors import ProgramRejected, UnknownBackend
from qtwin.projects.selectors import projects_visible_to
from qtwin.projects.services import source_check
from qtwin.rest.problem import PointedError
from qtwin.rest.serializer import StrictSerializer
from qtwin.rest.view import APIView


class ValidateInput(StrictSerializer):
    project = serializers.UUIDField(help_text="Whose recordings its settings may name.")
    method = serializers.CharField(max_length=40)
    settings = serializers.DictField(required=False, default=dict)


class ValidateOutput(serializers.Serializer[Any]):
    knobs = serializers.ListField(
        child=serializers.DictField(),
        help_text="Limit of each knob, where its error vanishes, and the order in which it does.",
    )


class BackendValidateView(APIView):
    only_reads = True

    @extend_schema(
        request=ValidateInput, responses=ValidateOutput, operation_id="backends_validate"
    )
    def post(self, request: Request, name: str) -> Response:
        """Check a method with its settings; what is wrong is pointed at, and nothing is made."""
        data = ValidateInput(data=request.data)
        data.is_valid(raise_exception=True)
        user: Any = request.user
        wanted = data.validated_data["project"]
        project = projects_visible_to(user).filter(pk=wanted).first()
        if project is None:
            raise PointedError("/project", f"{wanted} is no project of yours")
        try:
            knobs = source_check(
                project=project,
                backend=name,
                method=data.validated_data["method"],
                settings=data.validated_data["settings"],
            )
        except UnknownBackend as error:
            raise NotFound(str(error)) from error
        except ProgramRejected as error:
            raise PointedError(error.field, str(error)) from error
        return Response({"knobs": knobs})
