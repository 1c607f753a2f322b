"""One campaign: watch it, steer it, read what it decided."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from qtwin.client.rows.campaign import CampaignRow, DecisionRow, EntryRow
from qtwin.client.shown.progress import shown
from qtwin.client.wire.ask import ask
from qtwin.client.wire.bound import Awaits, Waits, listing, operation
from qtwin.client.wire.flow import Flow, Request
from qtwin.client.wire.pages import Listing
from qtwin.client.wire.place import at
from qtwin.client.wire.wait import wait

Progress: TypeAlias = bool | Callable[[CampaignRow], None]


class CampaignCore:
    """A campaign on a server; all it keeps is the row that was seen last."""

    _driver: Any

    def __init__(self, driver: Any, row: CampaignRow) -> None:
        self._driver, self.row = driver, row

    @property
    def id(self) -> str:
        return self.row.id

    @operation
    def status(self) -> Flow[CampaignRow]:
        """The campaign as it is now."""
        self.row = CampaignRow.read((yield from ask(Request(path=at("campaigns", self.id)))))
        return self.row

    @operation
    def wait(self, timeout: float | None = None, progress: Progress = False) -> Flow[CampaignRow]:
        """Wait until it has ended, or is paused.

        Raises:
            TookTooLong: That took longer than ``timeout`` seconds; the campaign goes on.
        """
        with shown(progress, f"campaign {self.row.name}") as tell:
            self.row = yield from wait(
                at("campaigns", self.id),
                CampaignRow.read,
                lambda row: row.ended or row.state == "paused",
                what=f"campaign {self.row.name}",
                timeout=timeout,
                progress=tell,
            )
        return self.row

    @operation
    def pause(self) -> Flow[CampaignRow]:
        """Make no more jobs; those that it made go on."""
        return (yield from self._act("pause"))

    @operation
    def resume(self) -> Flow[CampaignRow]:
        return (yield from self._act("resume"))

    @operation
    def cancel(self) -> Flow[CampaignRow]:
        """End it and its jobs; what was measured stays."""
        return (yield from self._act("cancel"))

    @operation
    def retry(self) -> Flow[CampaignRow]:
        """Try again what has no answer."""
        return (yield from self._act("retry"))

    @listing
    def entries(self) -> Listing[EntryRow]:
        """Its table: chunks of points, with one run at each source."""
        return Listing(path=at("campaigns", self.id, "entries"), read=EntryRow.read)

    @listing
    def decisions(self) -> Listing[DecisionRow]:
        """What its closed loop decided, and why."""
        return Listing(path=at("campaigns", self.id, "decisions"), read=DecisionRow.read)

    def _act(self, verb: str) -> Flow[CampaignRow]:
        path = at("campaigns", self.id, verb=verb)
        request = Request(method="POST", path=path, repeatable=True)
        self.row = CampaignRow.read((yield from ask(request)))
        return self.row

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.row.name}: {self.row.state}>"

    def _repr_html_(self) -> str:
        from qtwin.client.shown.card import campaign_card

        return campaign_card(self.row)


class Campaign(CampaignCore, Waits):
    """A campaign of the synchronous client."""


class AsyncCampaign(CampaignCore, Awaits):
    """A campaign of the asynchronous client."""
