"""A time window of a device that the team reserved (Braket Direct)."""

from __future__ import annotations

import re

from backends.errors import ProgramRejected

ARN = re.compile(r"arn:aws:braket:[a-z0-9-]+:\d{12}:reservation/[A-Za-z0-9-]{1,64}")


def check_reservation(value: object) -> None:
    """Refuse what names no reservation.

    Raises:
        ProgramRejected: Names the value and the allowed form.
    """
    if value is not None and not (isinstance(value, str) and ARN.fullmatch(value)):
        raise ProgramRejected(
            f"reservation = {str(value)[:100]!r}; allowed: arn:aws:braket:REGION:ACCOUNT:"
            "reservation/ID",
            field="/settings/reservation",
        )
