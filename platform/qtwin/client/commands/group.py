"""Commands of one noun: ``qtwin job submit``, ``qtwin job ls``."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from qtwin.client.commands.out import add_json

Run = Callable[[argparse.Namespace], None]


class Group:
    """A noun with its verbs."""

    def __init__(self, commands: Any, noun: str, about: str) -> None:
        parser = commands.add_parser(noun, help=about, description=about)
        self._verbs = parser.add_subparsers(required=True, metavar="ACTION")

    def verb(self, name: str, about: str, run: Run) -> argparse.ArgumentParser:
        return verb(self._verbs, name, about, run)


def verb(commands: Any, name: str, about: str, run: Run) -> argparse.ArgumentParser:
    """A command with ``--json``."""
    parser: argparse.ArgumentParser = commands.add_parser(name, help=about, description=about)
    add_json(parser)
    parser.set_defaults(run=run)
    return parser
