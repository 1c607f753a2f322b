"""Worlds and what was trained in them, wherever they were begun from."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

from qtwin.client.remote.loop import LoopCore
from qtwin.client.remote.policy import PolicyCore
from qtwin.client.remote.report import TransferReportCore
from qtwin.client.remote.run import TrainingRunCore
from qtwin.client.remote.world import WorldCore
from qtwin.client.rows.training import LoopRow, PolicyRow, ReportRow, TrainingRunRow, WorldRow
from qtwin.client.wire.ask import ask
from qtwin.client.wire.bound import listing, operation
from qtwin.client.wire.flow import Flow, Request
from qtwin.client.wire.pages import Listing
from qtwin.client.wire.place import at

WorldT = TypeVar("WorldT", bound=WorldCore[Any, Any, Any])
RunT = TypeVar("RunT", bound=TrainingRunCore[Any])
PolicyT = TypeVar("PolicyT", bound=PolicyCore[Any])
ReportT = TypeVar("ReportT", bound=TransferReportCore)
LoopT = TypeVar("LoopT", bound=LoopCore)


class Learning(Generic[WorldT, RunT, PolicyT, ReportT, LoopT]):
    """The part of a client that finds them."""

    _driver: Any
    _world: type[WorldT]
    _run: type[RunT]
    _policy: type[PolicyT]
    _report: type[ReportT]
    _loop: type[LoopT]

    @operation
    def world(self, world_id: str) -> Flow[WorldT]:
        """A world by its id."""
        document = yield from ask(Request(path=at("worlds", world_id)))
        return self._world(self._driver, WorldRow.read(document))

    @listing
    def worlds(self, *, state: str | None = None) -> Listing[WorldRow]:
        """The worlds of all your projects, newest first."""
        return Listing(path=at("worlds"), query={"state": state}, read=WorldRow.read)

    @operation
    def training_run(self, run_id: str) -> Flow[RunT]:
        """A training run by its id."""
        document = yield from ask(Request(path=at("training-runs", run_id)))
        return self._run(self._driver, TrainingRunRow.read(document))

    @listing
    def training_runs(self, *, state: str | None = None) -> Listing[TrainingRunRow]:
        """The training runs of all your projects, newest first."""
        return Listing(path=at("training-runs"), query={"state": state}, read=TrainingRunRow.read)

    @operation
    def policy(self, policy_id: str) -> Flow[PolicyT]:
        """A policy by its id."""
        document = yield from ask(Request(path=at("policies", policy_id)))
        return self._policy(self._driver, PolicyRow.read(document))

    @listing
    def policies(self) -> Listing[PolicyRow]:
        """The policies of all your projects, newest first."""
        return Listing(path=at("policies"), read=PolicyRow.read)

    @operation
    def transfer_report(self, report_id: str) -> Flow[ReportT]:
        """A transfer report by its id."""
        document = yield from ask(Request(path=at("transfer-reports", report_id)))
        return self._report(self._driver, ReportRow.read(document))

    @listing
    def transfer_reports(self, *, state: str | None = None) -> Listing[ReportRow]:
        """The transfer reports of all your projects, newest first."""
        return Listing(path=at("transfer-reports"), query={"state": state}, read=ReportRow.read)

    @operation
    def loop(self, loop_id: str) -> Flow[LoopT]:
        """A loop of training and measuring by its id."""
        document = yield from ask(Request(path=at("loops", loop_id)))
        return self._loop(self._driver, LoopRow.read(document))
