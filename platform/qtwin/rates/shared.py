"""Buckets in the broker's Redis or Valkey: one call charges all of a request's, by its clock."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from qtwin.rates.rule import Charge, Verdict

TIMEOUT_S = 0.1
LUA = """
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local wait, before, after = 0, {}, {}
for i, key in ipairs(KEYS) do
  local step, full = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
  local at = math.max(tonumber(redis.call('GET', key) or 0), now)
  before[i], after[i] = at - now, at + step - now
  wait = math.max(wait, after[i] - full)
end
if wait > 0 then return {wait, unpack(before)} end
for i, key in ipairs(KEYS) do
  redis.call('SET', key, string.format('%.0f', now + after[i]), 'PX', math.ceil(after[i] / 1000))
end
return {0, unpack(after)}
"""


class Away(Exception):
    """The broker does not answer."""


class SharedBuckets:
    """Args: address: For redis-py."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._loop: asyncio.AbstractEventLoop | None = None
        self._script: Any = None

    async def close(self) -> None:
        """Hang up."""
        if self._script is not None:
            await self._script.registered_client.aclose()

    async def take(self, charges: Sequence[Charge]) -> Verdict:
        """Charge all buckets, or none when one of them is empty.

        Raises:
            Away: Ask the process's own.
        """
        from redis import RedisError  # heavy, and not every process that loads this needs it

        keys = [one.key for one in charges]
        arguments = [n for one in charges for n in (one.rule.step_us, one.rule.full_us)]
        try:
            wait, *used = await self._take()(keys=keys, args=arguments)
        except (RedisError, OSError) as error:
            raise Away(type(error).__name__) from error
        return Verdict(int(wait), tuple(int(one) for one in used))

    def _take(self) -> Any:
        """The script on a connection of the running event loop."""
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            from redis.asyncio import Redis
            from redis.asyncio.retry import Retry
            from redis.backoff import NoBackoff

            client = Redis.from_url(
                self._address,
                socket_timeout=TIMEOUT_S,
                socket_connect_timeout=TIMEOUT_S,
                retry=Retry(NoBackoff(), 0),
            )
            self._loop, self._script = loop, client.register_script(LUA)
        return self._script


def address_of(broker_url: str) -> str:
    """What redis-py calls the broker that Celery is given; empty if it is no Redis."""
    if broker_url.startswith("redis+socket://"):
        return "unix://" + broker_url.removeprefix("redis+socket://").replace(
            "virtual_host=", "db="
        )
    return broker_url if broker_url.startswith(("redis://", "rediss://", "unix://")) else ""
