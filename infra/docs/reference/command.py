"""The command line, from the parser that reads it."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from functools import partial

from infra.docs.reference.table import table
from qtwin.client.main import _parser as parser

WIDTH = 84
"""Characters of a line that a page shows without scrolling."""


def page() -> str:
    """Every command with its arguments."""
    root = parser()
    parts = [f"# Commands\n\n{_sentence(root.description)}\n\n{_sentence(root.epilog)}\n\n"]
    parts += [_command(command, about) for command, about in _leaves(root, "")]
    return "".join(parts)


def _leaves(
    root: argparse.ArgumentParser, about: str
) -> Iterator[tuple[argparse.ArgumentParser, str]]:
    """The commands that do something, in the order of the help, each with its line there."""
    nested = [a for a in root._actions if isinstance(a, argparse._SubParsersAction)]
    if not nested:
        yield root, root.description or about
    for action in nested:
        told = {choice.dest: choice.help for choice in action._choices_actions}
        for name, child in action.choices.items():
            if name in told:
                yield from _leaves(child, told[name] or "")


def _command(command: argparse.ArgumentParser, about: str) -> str:
    rows = [(_name(action), _help(command, action)) for action in command._actions]
    shown = [row for row in rows if "--help" not in row[0] and row[1] != argparse.SUPPRESS]
    command.formatter_class = partial(argparse.HelpFormatter, width=WIDTH)
    usage = command.format_usage().removeprefix("usage: ").replace("[-h] ", "").rstrip()
    return f"## {command.prog}\n\n{_sentence(about)}\n\n```text\n{usage}\n```\n\n" + table(
        ("argument", "meaning"), shown
    )


def _name(action: argparse.Action) -> str:
    value = action.metavar if isinstance(action.metavar, str) else action.dest.upper()
    if not action.option_strings:
        return f"`{value}`"
    takes = "" if action.nargs == 0 else f" {value}"
    return ", ".join(f"`{option}{takes}`" for option in action.option_strings)


def _help(command: argparse.ArgumentParser, action: argparse.Action) -> str:
    if action.help == argparse.SUPPRESS:
        return argparse.SUPPRESS
    words = command._get_formatter()._expand_help(action) if action.help else ""
    choices = ", ".join(f"`{choice}`" for choice in action.choices or ())
    return f"{words} ({choices})" if choices else words


def _sentence(text: str | None) -> str:
    found = " ".join((text or "").split())
    return found[:1].upper() + found[1:] + ("" if found.endswith(".") or not found else ".")
