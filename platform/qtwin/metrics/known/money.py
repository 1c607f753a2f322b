"""How much of the budgets that hold today is used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Case, CharField, Count, F, FloatField, Max, Q, Sum, Value, When
from django.db.models.functions import Cast
from prometheus_client.core import Metric

from qtwin.metrics.known.family import Family
from qtwin.projects.models import Budget
from qtwin.projects.models.budget import SCOPES, Period, today
from qtwin.projects.refusal import MICRO

BY = ("scope", "unit")
LIMIT = Family(
    name="qtwin_budget_limit", about="Sum of the limits of budgets, in whole units", labels=BY
)
SPENT = Family(name="qtwin_budget_spent", about="What was spent of them", labels=BY)
RESERVED = Family(
    name="qtwin_budget_reserved", about="What is promised to jobs that run", labels=BY
)
USED = Family(
    name="qtwin_budget_used_ratio",
    about="Of the budget that is used most: spent and reserved, over its limit",
    labels=BY,
)
OVERDRAWN = Family(
    name="qtwin_budgets_overdrawn", about="Budgets of which more was spent than allowed", labels=BY
)
FAMILIES = (LIMIT, SPENT, RESERVED, USED, OVERDRAWN)

SCOPE = Case(
    *(When(condition, then=Value(scope.value)) for scope, condition in SCOPES.items()),
    output_field=CharField(),
)


def read() -> Iterator[Metric]:
    rows = list(_rows())
    whole = ((LIMIT, "limits"), (SPENT, "spending"), (RESERVED, "promised"))
    for family, column in whole:
        yield family.of(((r["whose"], r["unit"]), r[column] / MICRO) for r in rows)
    yield USED.of(((r["whose"], r["unit"]), r["used"] or 0.0) for r in rows)
    yield OVERDRAWN.of(((r["whose"], r["unit"]), r["over"]) for r in rows)


def _rows() -> Any:
    now = Budget.objects.filter(Q(period=Period.TOTAL) | Q(day=today()))
    share = Cast(F("spent") + F("reserved"), FloatField()) / Cast("limit", FloatField())
    return (
        now.order_by()
        .annotate(whose=SCOPE, share=Case(When(limit__gt=0, then=share)))
        .values("whose", "unit")
        .annotate(
            limits=Sum("limit"),
            spending=Sum("spent"),
            promised=Sum("reserved"),
            used=Max("share"),
            over=Count("pk", filter=Q(spent__gt=F("limit"))),
        )
    )
