"""ETags: whether an object is still as the caller saw it, for reading it again and for changing it.

A tag is the digest of the object's JSON. Members that move with the clock alone do not count, and
then the tag is weak: the object may be kept, and never changed by it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.http import HttpHeaders
from django.utils.http import parse_etags
from drf_spectacular.utils import OpenApiParameter
from rest_framework import status
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from qtwin.rest.problem import PointedError
from qtwin.unchanged import ChangedSince

LENGTH = 32
IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    description="The ETag of what you saw: 412, and nothing is done, if it has changed since.",
)


class PreconditionFailed(PointedError):
    """Somebody else was faster."""

    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_code = "changed_since"

    def __init__(self, now: str = "", header: str = "If-Match") -> None:
        detail = "it is not as you saw it; read it again, and change what it says now"
        super().__init__(header, f"{detail}; its ETag is {now}" if now else detail)


def tag_of(document: Mapping[str, Any], *, without: Collection[str] = ()) -> str:
    """The ETag of an object.

    Args:
        document: As it is answered.
        without: Members that move with the clock alone.
    """
    kept = {name: value for name, value in document.items() if name not in without}
    digest = hashlib.sha256(JSONRenderer().render(kept)).hexdigest()[:LENGTH]
    return f'W/"{digest}"' if without else f'"{digest}"'


def is_known(headers: HttpHeaders | Mapping[str, str], tag: str) -> bool:
    """Whether ``If-None-Match`` says that the caller has this already."""
    known = parse_etags(headers.get("If-None-Match", ""))
    return "*" in known or tag.removeprefix("W/") in {one.removeprefix("W/") for one in known}


def check_match(request: Request, document: Mapping[str, Any]) -> bool:
    """Whether the caller changes only what it saw: then write only if the row is still so.

    Args:
        request: Its ``If-Match`` is looked at.
        document: The whole object, as it is answered now.

    Raises:
        PreconditionFailed: The caller saw something else.
    """
    asked = request.headers.get("If-Match")
    if asked is None:
        return False
    tag, wanted = tag_of(document), parse_etags(asked)
    if "*" in wanted:
        return False
    if tag not in wanted:
        raise PreconditionFailed(tag)
    return True


@contextmanager
def still_matching(header: str = "If-Match") -> Iterator[None]:
    """Turn what was faster than the check of a header into the same problem."""
    try:
        yield
    except ChangedSince as error:
        raise PreconditionFailed(header=header) from error
