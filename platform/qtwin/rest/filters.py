"""Filters of lists: named parameters of the query, each read strictly."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from qtwin.rest.moment import read_moment
from qtwin.rest.problem import PointedError

M = TypeVar("M", bound=Model)
LONGEST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """One parameter.

    Attributes:
        name: In the query.
        read: Its text as a value; a ValueError says what is allowed.
        where: Condition on the rows, by the value and the user who asks.
        kind: For the OpenAPI document.
        values: All that are allowed, where they are few.
        about: For people.
    """

    name: str
    read: Callable[[str], Any]
    where: Callable[[Any, Any], Q]
    kind: Any = str
    values: Sequence[str] = ()
    about: str = ""

    def parameter(self) -> OpenApiParameter:
        enum = list(self.values) or None
        return OpenApiParameter(self.name, self.kind, description=self.about, enum=enum)


def parameters(filters: Iterable[Filter]) -> list[OpenApiParameter]:
    """For `extend_schema`, which also says which names may be in the query at all."""
    return [one.parameter() for one in filters]


def filtered(rows: QuerySet[M], request: Request, filters: Iterable[Filter]) -> QuerySet[M]:
    """The rows that the query asks for.

    Raises:
        PointedError: A value is none that is allowed.
    """
    for one in filters:
        text = request.query_params.get(one.name)
        if text is None:
            continue
        try:
            rows = rows.filter(one.where(one.read(text), request.user))
        except ValueError as error:
            raise PointedError(f"?{one.name}", str(error)) from error
    return rows


def text(name: str, path: str, about: str = "") -> Filter:
    """Equal to a text."""
    return Filter(name=name, read=_text, where=lambda value, _: Q(**{path: value}), about=about)


def choice(name: str, path: str, values: Sequence[str], about: str = "") -> Filter:
    """One of a few words."""

    def read(word: str) -> str:
        if word not in values:
            raise ValueError(f"{word[:40]!r}; allowed: {', '.join(values)}")
        return word

    return Filter(
        name=name,
        read=read,
        where=lambda value, _: Q(**{path: value}),
        values=values,
        about=about,
    )


def identifier(name: str, path: str, about: str = "") -> Filter:
    """Equal to an id; one that is not yours finds nothing."""
    return Filter(
        name=name,
        read=_uuid,
        where=lambda value, _: Q(**{path: value}),
        kind=OpenApiTypes.UUID,
        about=about,
    )


def truth(name: str, where: Callable[[bool, Any], Q], about: str = "") -> Filter:
    """``true`` or ``false``."""
    return Filter(name=name, read=_truth, where=where, kind=bool, about=about)


def mine(path: str = "created_by") -> Filter:
    """Whether the caller made it."""

    def where(value: bool, user: Any) -> Q:
        made = Q(**{path: user})
        return made if value else ~made

    return truth("mine", where, "Made by you; false: by others.")


def times(path: str, what: str = "Made") -> list[Filter]:
    """``since`` and ``until``."""
    return [
        Filter(
            name=name,
            read=read_moment,
            where=lambda value, _, lookup=lookup: Q(**{f"{path}__{lookup}": value}),  # type: ignore[misc]  # a lambda's default
            about=f"{what} at this time or {word}, with its zone.",
        )
        for name, lookup, word in (("since", "gte", "later"), ("until", "lte", "before"))
    ]


def _text(value: str) -> str:
    if len(value) > LONGEST or "\0" in value:
        raise ValueError(f"allowed: text of at most {LONGEST} characters")
    return value


def _uuid(value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError:
        raise ValueError(f"{value[:40]!r}; allowed: an id, such as those in answers") from None


def _truth(value: str) -> bool:
    if value not in {"true", "false"}:
        raise ValueError(f"{value[:20]!r}; allowed: true, false")
    return value == "true"
