"""Django's session engine: rows know whose they are, and hold no cookie that could be used.

The cookie's value is 160 random bits; the table has its SHA-256, so a dump signs nobody in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.auth import SESSION_KEY as USER_ID
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

SEEN_STEP = timedelta(minutes=5)
ABOUT = "about"
"""Where a session holds what its row says of the browser: agent, address, how, created_at."""


def digest(key: str | None) -> str:
    """By which the table knows a cookie's value."""
    return hashlib.sha256((key or "").encode()).hexdigest()


class SessionStore(DatabaseStore):
    @classmethod
    def get_model_class(cls) -> Any:
        from qtwin.accounts.models import BrowserSession  # apps are not loaded any earlier

        return BrowserSession

    def _get_session_from_db(self) -> Any:
        now = timezone.now()
        rows: Any = self.model.objects.filter(session_key=digest(self.session_key))
        row: Any = rows.filter(expire_date__gt=now).first()
        if row is None:
            self._session_key = None
        elif now - row.last_seen_at > SEEN_STEP:
            rows.update(last_seen_at=now)
        return row

    async def _aget_session_from_db(self) -> Any:
        return await sync_to_async(self._get_session_from_db)()

    def exists(self, session_key: str) -> bool:
        return bool(super().exists(digest(session_key)))

    async def aexists(self, session_key: str) -> bool:
        return bool(await super().aexists(digest(session_key)))

    def create_model_instance(self, data: Mapping[str, Any]) -> Any:
        row = super().create_model_instance(dict(data))
        row.session_key = digest(row.session_key)
        return self._described(row, data)

    async def acreate_model_instance(self, data: Mapping[str, Any]) -> Any:
        row = await super().acreate_model_instance(dict(data))
        row.session_key = digest(row.session_key)
        return self._described(row, data)

    def _described(self, row: Any, data: Mapping[str, Any]) -> Any:
        row.user_id = data.get(USER_ID)
        for name, value in data.get(ABOUT, {}).items():
            setattr(row, name, value)
        return row

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key is not None:
            self.model.objects.filter(session_key=digest(key)).delete()

    async def adelete(self, session_key: str | None = None) -> None:
        await sync_to_async(self.delete)(session_key)
