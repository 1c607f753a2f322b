"""The two drivers: they carry out what a flow yields, one blocking, one awaiting."""

from __future__ import annotations

import json
import platform
from asyncio import sleep as rest
from time import sleep
from typing import TYPE_CHECKING, Any, TypeVar

from qtwin.client.wire.address import Access
from qtwin.client.wire.flow import Answer, Flow, Lost, Pause, Reply, Request

if TYPE_CHECKING:
    import httpx

T = TypeVar("T")
CONNECT_S = 10.0
ANSWER_S = 120.0
"""Longer than the longest poll, and than a first fit may keep a prediction waiting."""


class Blocking:
    """Carries flows out and waits for them."""

    def __init__(self, access: Access, transport: httpx.BaseTransport | None = None) -> None:
        self._access, self._transport = access, transport
        self._http: httpx.Client | None = None

    def run(self, flow: Flow[T]) -> T:
        reply: Reply = None
        try:
            while True:
                step = flow.send(reply)
                reply = self._do(step)
        except StopIteration as done:
            result: T = done.value
            return result
        finally:
            flow.close()  # also when a person interrupts it: it may be drawing a bar

    def _do(self, step: Request | Pause) -> Reply:
        if isinstance(step, Pause):
            sleep(step.seconds)
            return None
        import httpx

        try:
            return _answer(self._client().request(**_sent(step)))
        except httpx.TransportError as error:
            return _lost(error)

    def _client(self) -> httpx.Client:
        import httpx

        if self._http is None:
            self._http = httpx.Client(transport=self._transport, **_options(self._access))
        return self._http

    def close(self) -> None:
        if self._http is not None:
            self._http.close()


class Awaiting:
    """Carries flows out and lets others go on meanwhile."""

    def __init__(self, access: Access, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._access, self._transport = access, transport
        self._http: httpx.AsyncClient | None = None

    async def run(self, flow: Flow[T]) -> T:
        reply: Reply = None
        try:
            while True:
                step = flow.send(reply)
                reply = await self._do(step)
        except StopIteration as done:
            result: T = done.value
            return result
        finally:
            flow.close()  # also when a person interrupts it: it may be drawing a bar

    async def _do(self, step: Request | Pause) -> Reply:
        if isinstance(step, Pause):
            await rest(step.seconds)
            return None
        import httpx

        try:
            return _answer(await self._client().request(**_sent(step)))
        except httpx.TransportError as error:
            return _lost(error)

    def _client(self) -> httpx.AsyncClient:
        import httpx

        if self._http is None:
            self._http = httpx.AsyncClient(transport=self._transport, **_options(self._access))
        return self._http

    async def close(self) -> None:
        if self._http is not None:
            await self._http.aclose()


def user_agent() -> str:
    from qtwin.client.wire.version import version

    return f"qtwin/{version()} python/{platform.python_version()}"


def _options(access: Access) -> dict[str, Any]:
    import httpx

    return {
        "base_url": access.url,
        "headers": {
            "Authorization": f"Bearer {access.token}",
            "Accept": "application/json",
            "User-Agent": user_agent(),
        },
        "timeout": httpx.Timeout(ANSWER_S, connect=CONNECT_S),
        "trust_env": not access.is_local,  # a proxy for the world leads nowhere from here
    }


def _sent(request: Request) -> dict[str, Any]:
    """Arguments of an httpx request."""
    sent: dict[str, Any] = {
        "method": request.method,
        "url": request.path,
        "headers": dict(request.headers),
    }
    if request.query:
        sent["params"] = {name: value for name, value in request.query.items() if value is not None}
    if isinstance(request.body, bytes):
        sent["content"] = request.body
    elif request.body is not None:
        sent["content"] = _written(request.body)
        sent["headers"].setdefault("Content-Type", "application/json")
    return sent


def _written(body: Any) -> bytes:
    """Floats travel as their shortest exact decimals.

    Raises:
        ValueError: A number is NaN or infinite, which no request may hold.
    """
    try:
        return json.dumps(body, allow_nan=False).encode()
    except ValueError as error:
        raise ValueError("a number is NaN or infinite; allowed: finite numbers") from error


def _answer(response: httpx.Response) -> Answer:
    return Answer(
        status=response.status_code,
        headers={name.lower(): value for name, value in response.headers.items()},
        content=response.content,
    )


def _lost(error: httpx.TransportError) -> Lost:
    import httpx

    unsent = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)
    return Lost(reason=str(error) or type(error).__name__, sent=not unsent)
