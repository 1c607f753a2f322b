"""Execution windows: when a device runs what waits for it. Times are UTC."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
NAMED = {
    "everyday": range(7),
    "weekdays": range(5),
    "weekend": range(5, 7),
    "weekends": range(5, 7),
}


def opens(windows: Sequence[Mapping[str, Any]], now: datetime) -> datetime | None:
    """Start of the next window; None inside one, or where no window is known."""
    starts = []
    for back in range(-1, 8):
        day = (now + timedelta(days=back)).replace(hour=0, minute=0, second=0, microsecond=0)
        for window in windows:
            if day.weekday() not in _days(str(window.get("executionDay", ""))):
                continue
            begin, end = _span(day, window)
            if begin <= now <= end:
                return None
            if begin > now:
                starts.append(begin)
    return min(starts, default=None)


def _days(name: str) -> Sequence[int]:
    if name in DAYS:
        return (DAYS.index(name),)
    return NAMED.get(name.lower(), ())


def _span(day: datetime, window: Mapping[str, Any]) -> tuple[datetime, datetime]:
    """One that ends before it starts lasts into the next day."""
    first, last = (time.fromisoformat(str(window[f"window{end}Hour"])) for end in ("Start", "End"))
    begin = day.replace(hour=first.hour, minute=first.minute, second=first.second)
    end = day.replace(hour=last.hour, minute=last.minute, second=last.second)
    return begin, end + timedelta(days=int(last < first))
