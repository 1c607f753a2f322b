"""What budgets were used for, over HTTP."""

from __future__ import annotations

from typing import Any

from django.http import StreamingHttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import get_object_or_404
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from qtwin.projects.api.amount import ChangeField
from qtwin.projects.models import LedgerEntry, Unit
from qtwin.projects.refusal import MICRO
from qtwin.projects.selectors import ledgers_visible_to, projects_visible_to
from qtwin.rest.filters import choice, filtered, identifier, parameters, times
from qtwin.rest.formats import CsvRenderer, forms, in_forms
from qtwin.rest.pages import NewestFirst
from qtwin.rest.problem import PointedError
from qtwin.rest.table import Column, Table, is_table, table_response
from qtwin.rest.view import APIView


class LedgerRow(serializers.ModelSerializer[LedgerEntry]):
    budget = serializers.UUIDField(source="budget_id")
    unit = serializers.ChoiceField(source="budget.unit", choices=Unit.choices)
    job = serializers.UUIDField(source="job_id")
    amount = ChangeField(help_text="Negative where a late bill was lower.")

    class Meta:
        model = LedgerEntry
        fields = ["id", "budget", "unit", "job", "kind", "amount", "created_at"]


LEDGER_FILTERS = (
    identifier("job", "job_id"),
    choice("kind", "kind", LedgerEntry.Kind.values),
    choice("unit", "budget__unit", Unit.values),
    *times("created_at", "Entered"),
)
LEDGER: tuple[Column, ...] = (
    Column(name="id", kind="text", read=lambda row: row.pk),
    Column(name="created_at", kind="moment", read=lambda row: row.created_at),
    Column(name="budget", kind="text", read=lambda row: row.budget_id),
    Column(name="scope", kind="text", read=lambda row: row.budget.scope.value),
    Column(name="user", kind="text", read=lambda row: getattr(row.budget.user, "email", None)),
    Column(name="unit", kind="text", read=lambda row: row.budget.unit),
    Column(name="job", kind="text", read=lambda row: row.job_id),
    Column(name="kind", kind="text", read=lambda row: row.kind),
    Column(name="amount", kind="number", read=lambda row: row.amount / MICRO),
)


class LedgerView(APIView):
    renderer_classes = [JSONRenderer, CsvRenderer]

    @extend_schema(
        parameters=[
            OpenApiParameter("budget", str, description="Only of this budget."),
            *parameters(LEDGER_FILTERS),
            forms(CsvRenderer),
        ],
        responses=in_forms(LedgerRow(many=True), [CsvRenderer]),
        operation_id="ledger_list",
    )
    def get(self, request: Request, project_id: str) -> Response | StreamingHttpResponse:
        """Newest first; as CSV all of it, oldest first."""
        user: Any = request.user
        project = get_object_or_404(projects_visible_to(user), pk=project_id)
        budgets = {str(budget.pk): budget for budget in ledgers_visible_to(user, project)}
        wanted = request.query_params.get("budget")
        if wanted is not None and wanted not in budgets:
            raise PointedError("?budget", f"{wanted!r} is no budget of this project")
        shown = [row.pk for pk, row in budgets.items() if wanted in {None, pk}]
        rows = LedgerEntry.objects.filter(budget__in=shown).select_related("budget__user")
        rows = filtered(rows, request, LEDGER_FILTERS)
        if is_table(request):
            return table_response(request, Table(name="ledger", columns=LEDGER, rows=rows))
        pages = NewestFirst()
        page = pages.paginate_queryset(rows, request, view=self)
        return pages.get_paginated_response(LedgerRow(page or [], many=True).data)
