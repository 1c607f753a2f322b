"""A time in a request: with its zone, so that nobody has to guess whose noon it was."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from qtwin.rest.problem import PointedError

ALLOWED = "allowed: a time with its zone, such as 2026-03-01T12:00:00Z"


def read_moment(text: str) -> datetime:
    """Read an ISO 8601 time.

    Raises:
        ValueError: It is none, or has no zone; the message says what is allowed.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text[:40]!r} is no time; {ALLOWED}") from None
    if moment.tzinfo is None:
        raise ValueError(f"{text[:40]!r} has no zone; {ALLOWED}")
    return moment


class MomentField(serializers.DateTimeField):
    """A time in a body."""

    def to_internal_value(self, value: Any) -> datetime:
        try:
            return read_moment(str(value))
        except ValueError as error:
            raise serializers.ValidationError(str(error), code="invalid") from error


def asked_moment(request: Request, name: str = "as_of") -> datetime | None:
    """The time in the query, None where there is none."""
    text = request.query_params.get(name)
    if text is None:
        return None
    try:
        return read_moment(text)
    except ValueError as error:
        raise PointedError(f"?{name}", str(error)) from error
