"""Whether a browser's person has shown of late that it is they: asked before what is grave."""

from __future__ import annotations

import time
from typing import Any

LASTS_S = 600
WHEN = "confirmed_at"


def confirm(session: Any) -> None:
    """Note that a password, a code, a passkey or a whole sign-in was right just now."""
    session[WHEN] = int(time.time())


def confirmed(session: Any) -> bool:
    """Whether that was within the last ten minutes."""
    since: float = time.time() - session.get(WHEN, 0)
    return 0 <= since < LASTS_S
