"""The parent's side: run one request within limits, whatever the child does."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Self

from workers.sandbox.answer import outcome_of
from workers.sandbox.values import (
    Cancelled,
    Crashed,
    Isolation,
    Limits,
    Outcome,
    ParseRequest,
    Request,
)
from workers.sandbox.zygote import Zygote, ZygoteDied

KILL_GRACE_S = 5.0
TAKE_S = 10.0
TICK_S = 0.5
"""A renewed lease is a commit, and a cancellation is heeded that late."""


class Sandbox:
    """Runs chunks one at a time; starts its zygote on first use and again when it has died.

    Args:
        backends: Further backends, name to "module:Class", besides the registry.
        tick_s: Seconds between two calls of ``on_tick``.
    """

    def __init__(
        self, *, backends: Mapping[str, str] | None = None, tick_s: float = TICK_S
    ) -> None:
        self._backends = dict(backends or {})
        self._tick_s = tick_s
        self._lock = threading.Lock()
        self._zygote: Zygote | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pid(self) -> int:
        """Process id of the zygote, which is started if need be."""
        return self._ready().process.pid

    @property
    def isolation(self) -> Isolation:
        """What holds here; starts the zygote if need be."""
        return self._ready().isolation

    def run(
        self,
        request: Request,
        *,
        limits: Limits | None = None,
        on_tick: Callable[[], bool] = lambda: True,
    ) -> Outcome:
        """Run one request to its end, its limits, or the caller's wish.

        ``on_tick`` is called about every ``tick_s`` seconds (the caller renews its lease in it);
        when it answers False the child is killed and the outcome is `Cancelled`. Should it raise,
        the child is killed too.
        """
        with self._lock:
            try:
                return self._run(request, limits or Limits(), on_tick)
            except ZygoteDied:
                self.close()
                return Crashed(reason="signal 9", message="The sandbox was killed.")
            except BaseException:
                self.close()
                raise

    def close(self) -> None:
        """End the zygote and whatever it runs. The next run starts another one."""
        zygote, self._zygote = self._zygote, None
        if zygote is not None:
            zygote.kill()

    def _run(self, request: Request, limits: Limits, on_tick: Callable[[], bool]) -> Outcome:
        deadline = time.monotonic() + limits.wall_s
        document = {"op": "run", **request.to_dict(), "limits": limits.to_dict()}
        zygote = self._sent(document, request.payload if isinstance(request, ParseRequest) else b"")
        while True:
            left = deadline - time.monotonic()
            reply = zygote.receive(max(0.0, min(self._tick_s, left)))
            if reply is not None:
                zygote.give(b"")
                return outcome_of(reply, zygote.read_answer(limits.output_bytes), limits)
            if not on_tick():
                return self._stopped(zygote, Cancelled())
            if left <= 0:
                sentence = f"Stopped after {limits.wall_s:g} seconds, the limit."
                return self._stopped(zygote, Crashed(reason="wall", message=sentence))

    def _sent(self, document: dict[str, Any], payload: bytes) -> Zygote:
        """Hand the request over; a zygote that died while idle is replaced, once."""
        try:
            return self._taken(document, payload)
        except ZygoteDied:
            self.close()
            return self._taken(document, payload)

    def _taken(self, document: dict[str, Any], payload: bytes) -> Zygote:
        zygote = self._ready()
        zygote.clear_answer()
        zygote.give(payload)
        zygote.send(document)
        if zygote.receive(TAKE_S) is None:
            raise ZygoteDied("the sandbox does not answer")
        return zygote

    def _stopped(self, zygote: Zygote, outcome: Outcome) -> Outcome:
        zygote.send({"op": "kill"})
        if zygote.receive(KILL_GRACE_S) is None:  # busy with an import: no way to ask
            self.close()
        return outcome

    def _ready(self) -> Zygote:
        if self._zygote is not None and not self._zygote.alive:
            self.close()
        if self._zygote is None:
            self._zygote = Zygote.start(self._backends)
        return self._zygote


_shared: dict[int, Sandbox] = {}


def shared() -> Sandbox:
    """The sandbox of this process. A forked process gets its own."""
    return _shared.setdefault(os.getpid(), Sandbox())
