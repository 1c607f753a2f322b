"""The application as the server runs it, without what counts requests."""

from __future__ import annotations

import pytest
from django.core.asgi import get_asgi_application

from qtwin.accounts.models import Scope, User
from qtwin.accounts.services import token_create
from qtwin.jobs import feed
from qtwin.waiting import poll
from qtwin.waiting.look import Application
from qtwin.waiting.poll import LongPoll
from qtwin.waiting.stream import EventStream


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> Application:
    monkeypatch.setattr(feed, "POLL_S", 0.02)
    monkeypatch.setattr(poll, "PAUSE_S", 0.0)
    django: Application = get_asgi_application()
    return EventStream(LongPoll(django, most=2), most=1)


@pytest.fixture
def token(user: User) -> str:
    return token_create(user=user, name="waits", scopes=[Scope.READ])[1]
