"""From the document of a world to the world, by its kind.

Nothing heavy is imported before a world's spaces or environments are asked for, so that a document
can be checked wherever it arrives.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

from backends.systems.document import Document

if TYPE_CHECKING:
    from qtwin.worlds.base import World
    from qtwin.worlds.posterior import Posterior

READERS = {
    "control": "qtwin.worlds.control.world:read",
    "search": "qtwin.worlds.search.world:read",
    "mitigation": "qtwin.worlds.mitigation.world:read",
}
"""By kind, the module and the function ``read(document, posterior, fits) -> World``."""
KINDS = tuple(READERS)


def load(
    document: Mapping[str, Any], posterior: Posterior | None = None, fits: Any = None
) -> World:
    """Make the world that a document describes.

    Args:
        document: With its ``kind``, one of `KINDS`, and ``schema_version``.
        posterior: What the truths of episodes are drawn from; None makes all of them nominal.
        fits: The fitted models of a search world.

    Raises:
        ProgramRejected: Names the field by its JSON pointer, its value and the allowed values.
    """
    read = Document(document)
    module, function = READERS[read.choice("kind", KINDS)].split(":")
    return cast("World", getattr(import_module(module), function)(read, posterior, fits))
