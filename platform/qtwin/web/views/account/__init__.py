"""A person's own pages."""

from qtwin.web.views.account import (
    confirm,
    data,
    page,
    passkey,
    password,
    profile,
    session,
    token,
    totp,
)

__all__ = [
    "confirm",
    "data",
    "page",
    "passkey",
    "password",
    "profile",
    "session",
    "token",
    "totp",
]
