"""One team: its members, who is asked in, and its devices."""

from __future__ import annotations

from typing import Any

from qtwin.client.remote.points import given
from qtwin.client.rows.account import TeamRow
from qtwin.client.rows.team import InvitationRow, MemberRow, NewInvitation, VendorRow
from qtwin.client.wire.ask import ask
from qtwin.client.wire.bound import Awaits, Waits, listing, operation
from qtwin.client.wire.errors import UnknownName
from qtwin.client.wire.flow import Flow, Request
from qtwin.client.wire.pages import Listing
from qtwin.client.wire.place import at


class TeamCore:
    """A team on a server; all it keeps is its row."""

    _driver: Any

    def __init__(self, driver: Any, row: TeamRow) -> None:
        self._driver, self.row = driver, row

    @property
    def id(self) -> str:
        return self.row.id

    @property
    def name(self) -> str:
        return self.row.name

    @listing
    def members(self) -> Listing[MemberRow]:
        """Who is in it, and as what."""
        return Listing(path=at("teams", self.id, "members"), read=MemberRow.read, paged=False)

    @operation
    def change_member(
        self, user_id: str, *, role: str | None = None, may_approve: bool | None = None
    ) -> Flow[MemberRow]:
        """Give a member another role, or the right to approve spending."""
        path = f"{at('teams', self.id, 'members')}/{user_id}"
        body = given(role=role, may_approve=may_approve)
        return MemberRow.read((yield from ask(Request(method="PATCH", path=path, body=body))))

    @operation
    def invite(self, email: str, *, role: str) -> Flow[NewInvitation]:
        """Ask somebody in, as owner, admin, operator or viewer."""
        path = at("teams", self.id, "invitations")
        request = Request(method="POST", path=path, body={"email": email, "role": role})
        return NewInvitation.read((yield from ask(request)))

    @listing
    def invitations(self) -> Listing[InvitationRow]:
        """Who was asked in and has not come yet."""
        path = at("teams", self.id, "invitations")
        return Listing(path=path, read=InvitationRow.read, paged=False)

    @listing
    def devices(self) -> Listing[VendorRow]:
        """What its keys open: state, queue, price and calibration, as last asked."""
        return Listing(path=at("teams", self.id, "devices"), read=VendorRow.read, paged=False)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name!r} {self.id}>"


def pick(rows: tuple[TeamRow, ...], name_or_id: str) -> TeamRow:
    """The team of this id, or of this name in any case.

    Raises:
        UnknownName: There is none, or more than one.
    """
    wanted = name_or_id.casefold()
    found = [row for row in rows if row.id == name_or_id or row.name.casefold() == wanted]
    if len(found) != 1:
        names = ", ".join(f"{row.name} ({row.id})" for row in rows) or "none"
        raise UnknownName(f"{len(found)} teams are called {name_or_id!r}; allowed: {names}")
    return found[0]


class Team(TeamCore, Waits):
    """A team of the synchronous client."""


class AsyncTeam(TeamCore, Awaits):
    """A team of the asynchronous client."""
