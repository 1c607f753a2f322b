"""People in texts: ``@Ada Lovelace`` or ``@ada@example.org`` as typed, ``@[id]`` as stored."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from qtwin.accounts.models import User
from qtwin.comments.code import outside_code, prose

STORED = re.compile(r"@\[([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\]")
START = re.compile(r"(?<![\w@.])@(?=\w)")
WORD = re.compile(r"(?<![\w@.])@(\w[\w.+-]*(?:@[\w-]+(?:\.[\w-]+)+)?)")
SOMEBODY = "somebody"
"""Whom nobody here knows: of an archive from elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A text as it is stored.

    Attributes:
        named: Ids of the people in it.
    """

    text: str
    named: frozenset[UUID]


def read(text: str, people: Iterable[User]) -> Read:
    """Find the people whom a text names, by name or e-mail address; case does not matter.

    A name that several have names none of them. Code names nobody.

    Args:
        people: Whom the writer may name.
    """
    by_word = _words(people)
    longest_first = sorted(by_word, key=len, reverse=True)
    named: set[UUID] = set()

    def change(part: str) -> str:
        out, end = [], 0
        for at in START.finditer(part):
            if at.start() < end:
                continue
            word = next((w for w in longest_first if _begins(part, at.end(), w)), None)
            if word is not None:
                named.add(by_word[word])
                out += [part[end : at.start()], f"@[{by_word[word]}]"]
                end = at.end() + len(word)
        return "".join([*out, part[end:]])

    plain = STORED.sub(r"@(\1)", text)  # nobody learns a name by an id
    return Read(text=outside_code(plain, change), named=frozenset(named))


def written(text: str, names: Mapping[UUID, str]) -> str:
    """A stored text as people read and type it."""
    return STORED.sub(lambda found: f"@{names.get(UUID(found[1]), SOMEBODY)}", text)


def unknown(text: str) -> list[str]:
    """Words of a stored text that look as if they named somebody, and name nobody."""
    found = WORD.findall(prose(text))
    return list(dict.fromkeys(word.rstrip(".-+") for word in found))


def _words(people: Iterable[User]) -> dict[str, UUID]:
    """Who is meant by an address, and by a name that one person has, in small letters."""
    everybody = list(people)
    names = [person.name.lower() for person in everybody]
    found = {
        name: person.pk
        for name, person in zip(names, everybody, strict=True)
        if names.count(name) == 1 and name.strip()
    }
    return found | {person.email.lower(): person.pk for person in everybody}


def _begins(text: str, at: int, word: str) -> bool:
    """Whether the word is there, and ends there."""
    end = at + len(word)
    if text[at:end].lower() != word:
        return False
    after = text[end : end + 2]
    return not re.match(r"\w|[@.+-]\w", after)
