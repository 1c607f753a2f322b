"""Stands before the application and turns away whoever asks too often."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from qtwin.rates.caller import caller_of
from qtwin.rates.kinds import FREE, charges
from qtwin.rates.limiter import Limiter
from qtwin.rates.refusal import refuse, told
from qtwin.rates.rule import Charge, Rule, Verdict
from qtwin.rates.turns import Turns
from qtwin.waiting.asked import waits

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

KNOWN = "qtwin.known"
"""Where in the scope is the claim that was found good: a request may carry others, which nobody
looked at."""
MOST_KNOWN = 10_000


class RateGate:
    """An application around another one.

    Args:
        together: Requests of one caller that are worked on at a time; 0 for no limit.
    """

    def __init__(
        self, app: Application, rules: Mapping[str, Rule], limiter: Limiter, *, together: int = 0
    ) -> None:
        self._app, self._rules, self._limiter = app, rules, limiter
        self._turns = Turns(together)
        self._known: OrderedDict[str, None] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or FREE.match(scope["path"]):
            await self._app(scope, receive, send)
            return
        caller = caller_of(scope)
        known = caller.claim in self._known
        asked = charges(self._rules, scope, caller, known=known)
        if asked:
            verdict = await self._limiter.take(asked)
            if verdict.wait_us:
                await refuse(send, scope["path"], asked, verdict)
                return
            send = _telling(send, asked, verdict)
        await self._let_in(scope, receive, send, caller.claim if known else caller.address)
        if caller.claim and scope.get(KNOWN) == caller.claim:
            self._remember(caller.claim)

    async def _let_in(self, scope: Scope, receive: Receive, send: Send, who: str) -> None:
        if waits(scope):
            await self._app(scope, receive, send)
            return
        async with self._turns.turn(who):
            await self._app(scope, receive, send)

    def _remember(self, claim: str) -> None:
        self._known[claim] = None
        self._known.move_to_end(claim)
        if len(self._known) > MOST_KNOWN:
            self._known.popitem(last=False)


def _telling(send: Send, asked: Sequence[Charge], verdict: Verdict) -> Send:
    async def run(event: Mapping[str, Any]) -> None:
        if event["type"] == "http.response.start":
            event = {**event, "headers": [*event.get("headers", ()), *told(asked, verdict)]}
        await send(event)

    return run
