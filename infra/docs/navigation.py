"""The navigation, with the pages that are made when the site is built."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import Any


def expanded(nav: list[Any], *, made: Collection[str]) -> list[Any]:
    """The navigation with each pattern replaced by the made pages that it fits."""
    return list(_expanded(nav, made))


def _expanded(nav: list[Any], made: Collection[str]) -> Iterator[Any]:
    for entry in nav:
        if isinstance(entry, str):
            names = sorted(name for name in made if fnmatchcase(name, entry))
            yield from ({PurePosixPath(name).stem: name} for name in names)
            continue
        ((title, target),) = entry.items()
        yield {title: list(_expanded(target, made)) if isinstance(target, list) else target}
