"""What somebody looks for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from uuid import UUID

from django.db.models import Q

LONGEST = 100
MOST_WORDS = 6
LEAST_DIGITS = 6
"""Of the beginning of an id: fewer are a word."""
HEX = re.compile(r"(?=.*\d)[0-9a-f]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Words that all have to be there, in any order and case.

    Attributes:
        ids: The lowest and the highest id that begins so, if it may be the beginning of one.
    """

    text: str
    words: tuple[str, ...]
    ids: tuple[UUID, UUID] | None

    @classmethod
    def of(cls, text: str) -> Query:
        text = " ".join(text.replace("\0", " ").split())[:LONGEST]
        return cls(text=text, words=tuple(text.split()[:MOST_WORDS]), ids=_ids(text))

    def __bool__(self) -> bool:
        return bool(self.words)

    def among(self, *fields: str) -> Q:
        """Each word is in one of the fields."""
        return reduce(
            and_, (reduce(or_, (Q(**{f"{f}__icontains": w}) for f in fields)) for w in self.words)
        )

    def begins_id(self) -> Q:
        """The id begins so; nothing if it cannot. A range, which the primary key's index serves."""
        return Q(pk__in=[]) if self.ids is None else Q(pk__gte=self.ids[0], pk__lte=self.ids[1])

    def matches(self, *texts: str) -> bool:
        """Each word is in one of the texts."""
        low = [text.lower() for text in texts]
        return all(any(word.lower() in text for text in low) for word in self.words)


def _ids(text: str) -> tuple[UUID, UUID] | None:
    digits = text.lower().replace("-", "")
    if not LEAST_DIGITS <= len(digits) <= 32 or not HEX.fullmatch(digits):
        return None
    return UUID(digits.ljust(32, "0")), UUID(digits.ljust(32, "f"))
