"""What can be typed after what: read from the parser, so that no list can fall behind."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """An option: its names, whether a value follows, and which."""

    names: tuple[str, ...]
    takes_value: bool
    choices: tuple[str, ...]
    takes_file: bool
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command by the words that lead to it; ``verbs`` are those that may follow."""

    path: tuple[str, ...]
    verbs: tuple[tuple[str, str], ...]
    options: tuple[Option, ...]
    choices: tuple[str, ...]
    takes_files: bool


def commands(parser: argparse.ArgumentParser, path: tuple[str, ...] = ()) -> Iterator[Command]:
    """A command and all below it."""
    subs = [one for one in parser._actions if isinstance(one, argparse._SubParsersAction)]
    plain = [one for one in parser._actions if one not in subs]
    placed = [one for one in plain if not one.option_strings]
    yield Command(
        path=path,
        verbs=tuple(verb for sub in subs for verb in _verbs(sub)),
        options=tuple(_option(one) for one in plain if one.option_strings),
        choices=tuple(str(choice) for one in placed for choice in one.choices or ()),
        takes_files=any(_is_file(one) for one in placed),
    )
    for sub in subs:
        for name, inner in sub.choices.items():
            yield from commands(inner, (*path, name))


def _verbs(sub: argparse._SubParsersAction[argparse.ArgumentParser]) -> Iterator[tuple[str, str]]:
    about = {one.dest: one.help or "" for one in sub._choices_actions}
    for name in sub.choices:
        yield name, about.get(name, "").replace("%%", "%")


def _is_file(action: argparse.Action) -> bool:
    return "." in str(action.metavar) or action.metavar == "FILE"


def _option(action: argparse.Action) -> Option:
    return Option(
        names=tuple(action.option_strings),
        takes_value=action.nargs != 0,
        choices=tuple(str(choice) for choice in action.choices or ()),
        takes_file=_is_file(action),
        about=(action.help or "").replace("%%", "%"),
    )
