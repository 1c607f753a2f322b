"""What Schemathesis cannot know: how the bytes of an archive are sent. Loaded by it, not by us."""

from __future__ import annotations

from typing import Any

import schemathesis  # type: ignore[import-not-found]  # in .venv-fuzz


@schemathesis.serializer("application/zip")  # type: ignore[untyped-decorator]  # as above
def archive(_: Any, value: Any) -> bytes:
    """Whatever was drawn, as bytes: no archive, which is to be refused."""
    return value if isinstance(value, bytes) else str(value).encode()
