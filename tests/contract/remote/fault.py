"""What can be switched on at a vendor, for one of its runs or for all that follow."""

from __future__ import annotations

from enum import StrEnum


class Fault(StrEnum):
    """What goes wrong; every one lasts until it is switched off.

    Of a submission: it ends without an answer, or with a bad one.
    Of a run: what the vendor says of it later.
    Of a result: what is wrong with its bytes.
    """

    DROP_BEFORE = "the connection breaks before the run exists"
    DROP_AFTER = "the connection breaks when the run exists"
    ERROR_AFTER = "500 when the run exists"
    AWAY = "503 before the run exists; promises nothing"
    BUSY = "429, which promises that nothing was made"
    REJECTED = "400, for ever"

    REFUSED = "every request is answered by 401 or 403"
    LIST_LAG = "new runs are missing from lists"
    BROKEN_READ = "whatever makes nothing is answered by 502"
    UNKNOWN_STATUS = "a run has a status that nobody knows"
    SLOW = "a run waits until this is switched off"
    FAILED = "a run fails at the vendor"
    ONCE_ONLY = "a result is gone once it was read"
    PURGED = "the vendor forgets its runs"

    MALFORMED = "a result is cut off in its middle"
    OVERSIZED = "a result is followed by megabytes of nothing"
    WRONG_WIDTH = "a result has fewer bits, or values, than were asked for"
    WRONG_SHOTS = "a result has fewer shots than were asked for"


SUBMISSION = (Fault.DROP_BEFORE, Fault.DROP_AFTER, Fault.ERROR_AFTER, Fault.AWAY)
"""After these nobody knows whether a run was bought."""
BOUGHT = (Fault.DROP_AFTER, Fault.ERROR_AFTER)
RESULT = (Fault.MALFORMED, Fault.OVERSIZED, Fault.WRONG_WIDTH, Fault.WRONG_SHOTS)
