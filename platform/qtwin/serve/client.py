"""The runner as an ordinary client of the REST interface: it has no other way in."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import httpx

from qtwin.serve.errors import CannotGoOn

PATIENCE_S = 60.0
BUSY = {429, 502, 503, 504}


class Client:
    """One project, reached with one token.

    Args:
        while_waiting: Called between two tries, such as to restart a web process that died.
    """

    def __init__(
        self, *, address: str, token: str, project: str, while_waiting: Callable[[], None]
    ) -> None:
        self._while_waiting = while_waiting
        self._project = f"/api/v1/projects/{project}"
        self._http = httpx.Client(
            base_url=address,
            headers={"Authorization": f"Bearer {token}"},
            timeout=120,
            trust_env=False,
        )

    def close(self) -> None:
        self._http.close()

    def project(self) -> dict[str, Any]:
        return self._call("GET", "")

    def twin(self) -> dict[str, Any]:
        return self._call("GET", "/twin")

    def submit(self, key: str, body: dict[str, Any]) -> dict[str, Any]:
        return self._call("POST", "/jobs", json=body, headers={"Idempotency-Key": key})

    def jobs(self) -> list[dict[str, Any]]:
        return self._all("/jobs")

    def measurements(self) -> list[dict[str, Any]]:
        return self._all("/measurements")

    def predict(
        self, observable: str, points: list[list[float]], *, without: tuple[str, ...] = ()
    ) -> dict[str, Any]:
        body: dict[str, Any] = {"observable": observable, "points": points}
        if without:
            body["exclude_sources"] = list(without)
        return self._call("POST", "/twin:predict", json=body)

    def _all(self, path: str) -> list[dict[str, Any]]:
        """Every row of a list, page by page."""
        page = self._call("GET", path, params={"limit": 200})
        rows: list[dict[str, Any]] = page["results"]
        while page.get("next"):
            page = self._request("GET", page["next"])
            rows += page["results"]
        return rows

    def _call(self, method: str, path: str, **more: Any) -> dict[str, Any]:
        return self._request(method, self._project + path, **more)

    def _request(self, method: str, url: str, **more: Any) -> dict[str, Any]:
        """One request, repeated while nobody answers. Every one of ours may be repeated.

        Raises:
            CannotGoOn: If it is refused, or nobody answers for a minute.
        """
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                response = self._http.request(method, url, **more)
                if response.status_code not in BUSY:
                    return _document(response)
                trouble = f"status {response.status_code}"
            except httpx.TransportError as error:
                trouble = type(error).__name__
            if time.monotonic() > deadline:
                raise CannotGoOn(f"{method} {url}: no answer ({trouble})")
            self._while_waiting()
            time.sleep(0.2)


def _document(response: httpx.Response) -> dict[str, Any]:
    if response.is_error:
        raise CannotGoOn(
            f"{response.request.method} {response.request.url.path} was refused with "
            f"{response.status_code}: {response.text[:500]}"
        )
    document: dict[str, Any] = response.json()
    return document
