"""Whom a client speaks for: the person, and their tokens."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from qtwin.client.remote.points import given
from qtwin.client.rows.account import Me, NewToken, TokenRow
from qtwin.client.wire.ask import ask
from qtwin.client.wire.bound import listing, operation
from qtwin.client.wire.flow import Flow, Request, made
from qtwin.client.wire.pages import Listing
from qtwin.client.wire.place import at


class Account:
    """What a client can do for its person."""

    _driver: Any

    @operation
    def me(self) -> Flow[Me]:
        """Who the token belongs to."""
        return Me.read((yield from ask(Request(path=at("me")))))

    @listing
    def tokens(self) -> Listing[TokenRow]:
        """Your tokens, without their text."""
        return Listing(path=at("me/tokens"), read=TokenRow.read, paged=False)

    @operation
    def create_token(
        self,
        name: str,
        *,
        scopes: Sequence[str],
        expires_at: datetime | None = None,
        projects: Sequence[str] | None = None,
        budget: float | None = None,
        budget_per_day: float | None = None,
        agent: bool = False,
    ) -> Flow[NewToken]:
        """A new token; its text is in the answer and told only once.

        Args:
            scopes: read, submit, spend, admin.
            projects: Ids of the only projects that it reaches.
            budget: USD that may be spent with it, in all; ``budget_per_day``: per day.
            agent: For a program that decides itself: it never approves or raises a budget.
        """
        body = {
            "name": name,
            "scopes": list(scopes),
            "agent": agent,
            **given(
                expires_at=expires_at and expires_at.isoformat(),
                projects=projects and list(projects),
                budget=budget,
                budget_per_day=budget_per_day,
            ),
        }
        while True:
            token = NewToken.read((yield from ask(made(at("me/tokens"), body))))
            if token.token:
                return token
            # its answer was lost, and a server tells the text once: end it, and make another
            yield from ask(Request(method="DELETE", path=at("me/tokens", token.id)))

    @operation
    def revoke_token(self, token_id: str) -> Flow[None]:
        """End a token: it is refused from the next request on."""
        yield from ask(Request(method="DELETE", path=at("me/tokens", token_id)))
