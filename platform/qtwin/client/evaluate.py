"""``qtwin evaluate``: one source at some points, in this process."""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import replace
from typing import Any

from backends import registry, selection, systems
from backends.base import Backend, Handle
from backends.errors import BackendUnavailable, ProgramRejected
from backends.schema import Experiment, RunOptions
from qtwin.client import answer, question
from qtwin.client.document import read_document
from qtwin.client.question import AUTO


class NoAnswer(Exception):
    """The source answered at no point."""


def add(commands: Any) -> None:
    """Add the command to a parser."""
    parser = commands.add_parser("evaluate", help="evaluate a source here and now")
    question.add_question(parser)
    parser.add_argument("--backend", metavar="NAME", help="chosen for you when it is not given")
    parser.add_argument(
        "--method", default=AUTO, metavar="NAME", help=f"{AUTO} (default) chooses, and says why"
    )
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> None:
    """Evaluate and print.

    Raises:
        WrongInput: An argument is wrong.
        ProgramRejected: The backend refuses.
        BackendUnavailable: It cannot be asked now, or only answers later.
        NoAnswer: It answered at no point.
    """
    system = systems.load(read_document(given.system))
    options = question.run_options(given)
    backend, experiment = _source(given, question.experiment(given, system, given.method), options)
    backend.check(experiment, options)
    cost = backend.estimate(experiment, options).here()
    began = time.perf_counter()
    result = backend.submit(experiment, options, token="qtwin-evaluate")  # noqa: S106 - no password
    if isinstance(result, Handle):
        raise BackendUnavailable(f"{backend.name} answers later; submit a job to a server")
    document = answer.document(system, experiment, result)
    document["method"] = experiment.method
    document["estimated_seconds"] = cost.seconds
    document["seconds"] = time.perf_counter() - began
    document["cost_micro_usd"] = cost.money_micro_usd
    print(json.dumps(document, indent=2) if given.as_json else answer.table(document))  # noqa: T201
    if len(result.failures) == len(result.values):
        raise NoAnswer(f"{experiment.method} has no answer at any of {len(result.values)} points")


def _source(
    given: argparse.Namespace, experiment: Experiment, options: RunOptions
) -> tuple[Backend, Experiment]:
    """The backend and the method that were named, or the best there are."""
    named = registry.get(given.backend) if given.backend else None
    if named and given.method != AUTO:
        return named, experiment
    fits = [
        option
        for option in selection.options(experiment, options)
        if given.method in (AUTO, option.method) and given.backend in (None, option.backend)
    ]
    if given.method == AUTO and not given.backend:
        choice = selection.choose(experiment, options)
        if choice.chosen is None:
            raise ProgramRejected(choice.why, field="--method")
        chosen, why = choice.chosen, choice.why
    elif fits and fits[0].cost is not None:
        chosen, why = fits[0], "the best that answers to what was named"
    else:
        raise ProgramRejected(_nothing(given, fits), field="--method")
    if not given.as_json:
        sys.stderr.write(f"qtwin: {chosen.name}: {why}\n")
    return registry.get(chosen.backend), replace(
        experiment, method=chosen.method, settings=dict(chosen.settings)
    )


def _nothing(given: argparse.Namespace, fits: list[selection.Option]) -> str:
    if not fits:
        names = sorted({m for n in registry.names() for m in registry.get(n).capabilities.methods})
        where = f" on {given.backend}" if given.backend else ""
        return f"no method {given.method!r}{where}; allowed: {AUTO}, {', '.join(names)}"
    return selection.reasons(fits)
