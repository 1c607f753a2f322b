"""A transfer report on a server."""

from __future__ import annotations

from qtwin.client.remote.work import WorkCore
from qtwin.client.rows.training import ReportRow
from qtwin.client.wire.bound import Awaits, Waits, operation
from qtwin.client.wire.flow import Flow


class TransferReportCore(WorkCore[ReportRow]):
    """The stages so far are in ``row.stages``."""

    _place, _row = "transfer-reports", ReportRow

    @operation
    def cancel(self) -> Flow[ReportRow]:
        """End it and its job; stages that are done stay."""
        return (yield from self._cancel())


class TransferReport(TransferReportCore, Waits):
    """A report of the synchronous client."""


class AsyncTransferReport(TransferReportCore, Awaits):
    """A report of the asynchronous client."""
