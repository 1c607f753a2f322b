"""What a project may spend, and what starts by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qtwin.client.remote.place import ProjectPlace
from qtwin.client.remote.points import given, plain_document
from qtwin.client.rows.campaign import ScheduleRow
from qtwin.client.rows.money import BudgetRow, LedgerRow, SpendingRule
from qtwin.client.wire.ask import ask
from qtwin.client.wire.bound import listing, operation
from qtwin.client.wire.flow import Flow, Request
from qtwin.client.wire.pages import Listing


class Rules(ProjectPlace):
    """Budgets and schedules of a project."""

    @listing
    def budgets(self) -> Listing[BudgetRow]:
        """Limits that apply to it, and what is left of them."""
        return Listing(path=self._at("budgets"), read=BudgetRow.read, paged=False)

    @operation
    def set_budget(
        self,
        limit: float,
        *,
        scope: str = "project",
        unit: str = "usd",
        period: str = "total",
        user: str | None = None,
        per_job: float | None = None,
    ) -> Flow[tuple[BudgetRow, ...]]:
        """Set a limit; all budgets that apply now.

        Args:
            scope: project, team or user; of a user, ``user`` is the address.
            unit: usd, qpu_seconds, shots or cpu_seconds.
            period: total or day.
            per_job: The most that one job may take of it.
        """
        body = {"scope": scope, "unit": unit, "period": period, "limit": limit, "per_job": per_job}
        document = yield from self._change("budgets", body | given(user=user), method="PUT")
        return tuple(BudgetRow.read(row) for row in document["results"])

    @operation
    def set_spending(
        self, *, paid_sources: bool | None = None, approval_above: float | None = None
    ) -> Flow[SpendingRule]:
        """Allow paid sources, or say above which amount a second person agrees."""
        body = given(paid_sources=paid_sources, approval_above=approval_above)
        return SpendingRule.read((yield from self._change("spending", body)))

    @listing
    def ledger(self, *, budget: str | None = None) -> Listing[LedgerRow]:
        """Every movement of its budgets, newest first."""
        return Listing(path=self._at("ledger"), query={"budget": budget}, read=LedgerRow.read)

    @operation
    def spending(self) -> Flow[SpendingRule]:
        """Whether it may pay, and above which amount a second person agrees."""
        return SpendingRule.read((yield from ask(Request(path=self._at("spending")))))

    @operation
    def create_schedule(
        self,
        campaign: Mapping[str, Any],
        *,
        every: Mapping[str, Any] | None = None,
        on_calibration: str | None = None,
    ) -> Flow[ScheduleRow]:
        """Start a campaign by the clock, or on a new calibration of a device."""
        body: dict[str, Any] = {"campaign": plain_document(campaign)}
        if every is not None:
            body["every"] = dict(every)
        if on_calibration is not None:
            body["on_calibration"] = on_calibration
        return ScheduleRow.read((yield from self._post("schedules", body)))

    @listing
    def schedules(self) -> Listing[ScheduleRow]:
        return Listing(path=self._at("schedules"), read=ScheduleRow.read)
