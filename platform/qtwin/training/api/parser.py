"""The bytes of a policy as the body of a request, never more than allowed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

from rest_framework.parsers import BaseParser

from qtwin.rest.problem import PayloadTooLarge
from qtwin.training.limits import POLICY_BYTES


class PolicyParser(BaseParser):
    media_type = "application/octet-stream"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """The body, of at most `POLICY_BYTES` bytes."""
        data = stream.read(POLICY_BYTES + 1)
        if len(data) > POLICY_BYTES:
            raise PayloadTooLarge(POLICY_BYTES, "")
        return data
