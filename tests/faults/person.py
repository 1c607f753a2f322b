"""A person at the dashboard: pages and forms over HTTP, with a session and CSRF."""

from __future__ import annotations

import html
import re
from typing import Any

import httpx

REDIRECTED = 302


class Person:
    """Signed in by a one-time link."""

    def __init__(self, address: str, sign_in_path: str) -> None:
        self.http = httpx.Client(base_url=address, timeout=60, trust_env=False)
        self.page(sign_in_path)
        self.send(sign_in_path)

    def page(self, path: str) -> str:
        """What the page says, without its tags, in one line."""
        answer = self.http.get(path)
        assert answer.status_code == httpx.codes.OK, f"{path}: {answer.status_code}"
        return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.text)))

    def send(self, path: str, **fields: str) -> None:
        """Send a form; it must lead on to another page."""
        answer = self.http.post(path, data={"csrfmiddlewaretoken": self._csrf, **fields})
        assert answer.status_code == REDIRECTED, f"{path}: {answer.status_code} {answer.text}"

    def token(self, *scopes: str) -> str:
        """A new token of the REST interface, as this person."""
        answer = self.http.post(
            "/api/v1/me/tokens",
            json={"name": "program", "scopes": scopes},
            headers={"X-CSRFToken": self._csrf},
        )
        assert answer.status_code == httpx.codes.CREATED, answer.text
        made: Any = answer.json()
        return str(made["token"])

    @property
    def _csrf(self) -> str:
        return str(self.http.cookies["csrftoken"])
