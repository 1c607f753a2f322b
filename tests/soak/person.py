"""One person with a browser and a token of their own."""

from __future__ import annotations

import time
from typing import Any

import httpx

from tests.soak.log import Log

TIMEOUT_S = 30.0


class Person:
    """Asks, and writes down how long it took; what is neither fine nor wanted is an error."""

    def __init__(self, *, address: str, token: str, link: str, project: str, log: Log) -> None:
        self.project, self.log = project, log
        self.token = {"Authorization": f"Bearer {token}"}
        self.http = httpx.Client(
            base_url=address, timeout=TIMEOUT_S, trust_env=False, follow_redirects=True
        )
        self._sign_in(link)

    def ask(
        self, what: str, path: str, *, waits: bool = False, **more: Any
    ) -> httpx.Response | None:
        """None, with an error in the log, where it was not answered as it should be.

        Args:
            waits: As a program does that reads a whole list, and is told that it asks too often.
        """
        method, began = what.split(maxsplit=1)[0], time.monotonic()
        try:
            answer = self.http.request(method, path, **more)
        except httpx.HTTPError as error:
            self.log.failed(what, repr(error))
            return None
        if waits and answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
            time.sleep(float(answer.headers["Retry-After"]))
            return self.ask(what, path, waits=True, **more)
        if answer.status_code >= httpx.codes.BAD_REQUEST:
            self.log.failed(what, f"{answer.status_code} {answer.text[:200]}")
            return None
        self.log.answered(what, time.monotonic() - began)
        return answer

    def api(self, what: str, path: str, **more: Any) -> Any:
        headers = {**self.token, **more.pop("headers", {})}
        answer = self.ask(what, f"/api/v1{path}", headers=headers, **more)
        return None if answer is None else answer.json()

    def _sign_in(self, link: str) -> None:
        page = self.http.get(link)
        page.raise_for_status()
        self.http.post(
            link,
            headers={"Referer": str(self.http.base_url)},
            data={"csrfmiddlewaretoken": self.http.cookies["csrftoken"]},
        ).raise_for_status()
