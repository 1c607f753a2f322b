"""Who one is, and tokens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from qtwin.client.rows.row import Row


@dataclass(frozen=True, kw_only=True, eq=False)
class TeamRow(Row):
    """A team and what one is in it."""

    id: str
    name: str
    role: str = ""
    may_approve: bool = False


@dataclass(frozen=True, kw_only=True, eq=False)
class Me(Row):
    id: str
    email: str
    name: str = ""
    teams: tuple[TeamRow, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class TokenRow(Row):
    id: str
    name: str
    prefix: str = ""
    scopes: tuple[str, ...] = ()
    agent: bool = False
    projects: tuple[str, ...] | None = None
    budget: Mapping[str, Any] | None = None
    budget_per_day: Mapping[str, Any] | None = None
    created_at: datetime | None = None
    expires_at: datetime | None = None
    last_used_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class NewToken(TokenRow):
    """A token that was just made: its text is told once."""

    token: str = field(repr=False)
