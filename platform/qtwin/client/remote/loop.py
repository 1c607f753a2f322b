"""A loop of training and measuring on a server."""

from __future__ import annotations

from qtwin.client.remote.work import WorkCore
from qtwin.client.rows.training import LoopRow
from qtwin.client.wire.bound import Awaits, Waits, operation
from qtwin.client.wire.flow import Flow


class LoopCore(WorkCore[LoopRow]):
    """The rounds so far are in ``row.rounds``."""

    _place, _row = "loops", LoopRow

    @operation
    def cancel(self) -> Flow[LoopRow]:
        """End it with what its round has under way; what is done stays."""
        return (yield from self._cancel())


class Loop(LoopCore, Waits):
    """A loop of the synchronous client."""


class AsyncLoop(LoopCore, Awaits):
    """A loop of the asynchronous client."""
