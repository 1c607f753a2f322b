"""What backends are to a user now: whether they may be used, and the devices behind them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from backends import registry
from qtwin.accounts.models import User
from qtwin.accounts.selectors import VendorDevices, devices_of, teams_visible_to
from qtwin.projects.selectors import stops_seen_by


class Status(StrEnum):
    """Whether a job on it would start."""

    READY = "ready"
    STOPPED = "stopped"
    NEEDS_CREDENTIAL = "needs_credential"
    ONLINE = "online"
    OFFLINE = "offline"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offers:
    """As the user's teams see them.

    Attributes:
        stops: Why backends are stopped, by backend.
        vendors: Of each team what it sees of each vendor to which it has a key.
    """

    stops: dict[str, list[str]] = field(default_factory=dict)
    vendors: list[tuple[str, VendorDevices]] = field(default_factory=list)

    def stopped(self, name: str) -> list[str]:
        """Why no job of a backend starts, mitigated or not."""
        return [
            why
            for backend, whys in self.stops.items()
            if name == backend or name.endswith(f"+{backend}")
            for why in whys
        ]

    def devices(self, name: str) -> list[dict[str, Any]]:
        """Its devices, by team, as of the last time that their vendor was asked."""
        base = name.rpartition("+")[2]
        return [
            {**device, "team": team, "as_of": seen.as_of}
            for team, seen in self.vendors
            for device in seen.devices
            if device["backend"] == base
        ]

    def status(self, name: str) -> Status:
        """Whether a job would start."""
        if self.stopped(name):
            return Status.STOPPED
        queue = registry.get(name).capabilities.queue
        if queue is None or not queue.credential:
            return Status.READY
        if queue.credential not in {seen.vendor for _, seen in self.vendors}:
            return Status.NEEDS_CREDENTIAL
        states = {device["state"] for device in self.devices(name)}
        if not states:
            return Status.UNKNOWN
        return Status.ONLINE if "online" in states else Status.OFFLINE


def offers_seen_by(user: User) -> Offers:
    """Stops and devices of all of the user's teams."""
    return Offers(
        stops=stops_seen_by(user),
        vendors=[
            (str(team.pk), seen) for team in teams_visible_to(user) for seen in devices_of(team)
        ],
    )
