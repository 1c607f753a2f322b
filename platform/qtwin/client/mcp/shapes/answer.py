"""What every tool that changes something answers."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Self

from pydantic import Field

from qtwin.client.mcp.call import Call
from qtwin.client.mcp.shapes.money import Wrong
from qtwin.client.mcp.shapes.shape import Shape

FREE: Mapping[str, float] = MappingProxyType({})


class Answer(Shape):
    """Of a dry run: what would be done, and how to have it done. Else: what was done."""

    dry_run: bool
    what: str
    allowed: bool = Field(description="Whether this token may.")
    refused: list[Wrong] = []
    confirm: str = Field(
        default="",
        description="Call again with the same arguments, this, and dry_run false; good for half an "
        "hour, for exactly this request at this price, and however often for one act.",
    )
    idempotency_key: str = ""

    def offered(
        self, call: Call, *, who: str, tool: str, request: Any, price: Mapping[str, float] = FREE
    ) -> Self:
        """The same with a confirmation, if it is allowed."""
        if not self.allowed:
            return self
        digest, made = call.proposals.make(who=who, tool=tool, request=request, price=price)
        return self.model_copy(update={"confirm": digest, "idempotency_key": made.key})
