"""A team's keys and devices, as lines of its page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from backends.device_status import DeviceStatus
from qtwin.accounts.models import Credential, CredentialTest, Team
from qtwin.accounts.selectors import credentials_of, devices_of

STATUS = {"accepted": "succeeded", "refused": "failed", "unavailable": "held", "open": "running"}
"""Outcome of a test, in the colour of a job's word that means as much to a reader."""
WORDS = {"accepted": "Accepted", "refused": "Refused", "unavailable": "No answer", "open": "Asking"}
COLOUR = {"online": "succeeded", "offline": "held", "retired": "cancelled"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One credential with its newest test."""

    row: Credential
    test: CredentialTest | None
    status: str
    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One device of a backend."""

    backend: str
    device: DeviceStatus
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Devices of one vendor; ``asking`` while a test is under way."""

    vendor: str
    as_of: datetime | None
    asking: bool
    lines: list[Line]


def keys(team: Team) -> list[Key]:
    """The team's credentials, the newest first."""
    found = []
    for row in credentials_of(team):
        test = next(iter(row.tests.all()), None)
        outcome = "" if test is None else test.outcome
        found.append(
            Key(row=row, test=test, status=STATUS.get(outcome, ""), word=WORDS.get(outcome, ""))
        )
    return found


def offers(team: Team) -> list[Offer]:
    """What the vendors of the team's keys have."""
    return [
        Offer(
            vendor=seen.vendor,
            as_of=seen.as_of,
            asking=seen.test is not None and seen.test.outcome == CredentialTest.Outcome.OPEN,
            lines=[
                Line(
                    backend=row["backend"],
                    device=DeviceStatus.from_dict(row),
                    status=COLOUR[row["state"]],
                )
                for row in seen.devices
            ],
        )
        for seen in devices_of(team)
    ]
