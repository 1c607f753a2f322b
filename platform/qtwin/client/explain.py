"""``qtwin explain``: which source would be chosen, and what every other one costs or lacks."""

from __future__ import annotations

import argparse
import json
from typing import Any

from backends import selection, systems
from backends.selection import Choice, Option
from qtwin.client import question
from qtwin.client.document import read_document
from qtwin.client.question import AUTO


def add(commands: Any) -> None:
    """Add the command to a parser."""
    parser = commands.add_parser("explain", help="which source answers best, and why")
    question.add_question(parser)
    parser.add_argument("--all", action="store_true", help="also the sources that cannot answer")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> None:
    """Print the choice. Nothing is computed.

    Raises:
        WrongInput: An argument is wrong.
        ProgramRejected: The system is wrong.
    """
    system = systems.load(read_document(given.system))
    experiment = question.experiment(given, system, AUTO)
    choice = selection.choose(experiment, question.run_options(given))
    if given.as_json:
        print(json.dumps(document(choice), indent=2))  # noqa: T201
    else:
        print(text(choice, everything=given.all))  # noqa: T201


def text(choice: Choice, *, everything: bool) -> str:
    """The choice and the other sources, a line each."""
    title = f"{choice.chosen.name}: {choice.why}" if choice.chosen else choice.why
    shown = [option for option in choice.options if everything or option.cost is not None]
    width = max((len(option.name) for option in shown), default=0)
    lines = [_line(option, width) for option in shown]
    return "\n".join([title, "", *lines] if lines else [title])


def _line(option: Option, width: int) -> str:
    kind = option.accuracy.name.lower()
    if option.cost is None:
        return f"  {option.name:<{width}}  refuses: {option.refusal}"
    size = option.cost.memory_bytes / 2**20
    return f"  {option.name:<{width}}  {kind:<12} {option.cost.seconds:>8.2g} s {size:>8.0f} MiB"


def document(choice: Choice) -> dict[str, Any]:
    """The choice with every source, JSON values only."""
    return {
        "chosen": _row(choice.chosen) if choice.chosen else None,
        "why": choice.why,
        "options": [_row(option) for option in choice.options],
    }


def _row(option: Option) -> dict[str, Any]:
    cost = option.cost
    return {
        "backend": option.backend,
        "method": option.method,
        "settings": dict(option.settings),
        "accuracy": option.accuracy.name.lower(),
        "seconds": cost.seconds if cost else None,
        "memory_bytes": cost.memory_bytes if cost else None,
        "refusal": option.refusal,
    }
