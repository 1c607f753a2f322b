"""The connection whose transaction a test is in."""

from __future__ import annotations

import pytest
from django.db.backends.base.base import BaseDatabaseWrapper


def keep_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no end of a request close it, as in Django's test client.

    Whatever else asks the application in this process needs this: PostgreSQL would lose what the
    test has written.
    """
    monkeypatch.setattr(BaseDatabaseWrapper, "close_if_unusable_or_obsolete", lambda _: None)
