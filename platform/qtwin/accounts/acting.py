"""Somebody who acts by a token, which may narrow what they may do."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser

from qtwin.accounts.models import ApiToken, User


def acting(user: User, token: ApiToken | None) -> User:
    """The user, by the token from now on; None for the whole of their rights."""
    user.token = token
    return user


def token_by(user: User | AnonymousUser | None) -> ApiToken | None:
    """The token by which they act."""
    return user.token if isinstance(user, User) else None


def is_bound(user: User | AnonymousUser) -> bool:
    """Whether they reach a few projects only, and nothing of teams."""
    token = token_by(user)
    return token is not None and token.bound


def is_agent(user: User | AnonymousUser) -> bool:
    token = token_by(user)
    return token is not None and token.agent
