"""A training run on a server: watch it, end it, take its policy."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

from qtwin.client.remote.policy import AsyncPolicy, Policy, PolicyCore
from qtwin.client.remote.work import WorkCore
from qtwin.client.rows.training import CurveRow, PolicyRow, TrainingRunRow
from qtwin.client.wire.ask import ask
from qtwin.client.wire.bound import Awaits, Waits, listing, operation
from qtwin.client.wire.errors import JobFailed
from qtwin.client.wire.flow import Flow, Request
from qtwin.client.wire.pages import Listing
from qtwin.client.wire.place import at

PolicyT = TypeVar("PolicyT", bound=PolicyCore[Any])


class TrainingRunCore(WorkCore[TrainingRunRow], Generic[PolicyT]):
    """A training run; all it keeps is the row that was seen last."""

    _place, _row = "training-runs", TrainingRunRow
    _policy: type[PolicyT]

    @operation
    def cancel(self) -> Flow[TrainingRunRow]:
        """End it; its curve stays, and there is no policy."""
        return (yield from self._cancel())

    @listing
    def curve(self) -> Listing[CurveRow]:
        """Its learning curve so far."""
        return Listing(path=at(self._place, self.id, "curve"), read=CurveRow.read, paged=False)

    @operation
    def policy(self) -> Flow[PolicyT]:
        """What it has learned.

        Raises:
            JobFailed: It has no policy, or none yet.
        """
        row = yield from self._read(Request(path=at(self._place, self.id)))
        if row.policy is None:
            raise JobFailed(f"training run {row.id} is {row.state}: {row.reason}", row)
        document = yield from ask(Request(path=at("policies", row.policy)))
        return self._policy(self._driver, PolicyRow.read(document))


class TrainingRun(TrainingRunCore[Policy], Waits):
    """A run of the synchronous client."""

    _policy = Policy


class AsyncTrainingRun(TrainingRunCore[AsyncPolicy], Awaits):
    """A run of the asynchronous client."""

    _policy = AsyncPolicy
