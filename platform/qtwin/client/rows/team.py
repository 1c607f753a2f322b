"""Who is in a team, who is asked in, and which devices its keys open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from qtwin.client.rows.row import Row


@dataclass(frozen=True, kw_only=True, eq=False)
class MemberRow(Row):
    id: str
    name: str = ""
    email: str
    role: str
    may_approve: bool = False
    created_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class InvitationRow(Row):
    id: str
    email: str
    role: str
    invited_by: str = ""
    expires_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class NewInvitation(InvitationRow):
    """An invitation that was just made: its link is told once, and mailed where mail is set up."""

    link: str = field(repr=False)
    mailed: bool = False


@dataclass(frozen=True, kw_only=True, eq=False)
class VendorRow(Row):
    """A vendor to which the team has a key, with its devices."""

    vendor: str
    as_of: datetime | None = None
    devices: tuple[Mapping[str, Any], ...] = ()
