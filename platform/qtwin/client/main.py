"""The command ``qtwin``: of one's own machine, and of a server.

Exit statuses: 0 fine, 1 it failed, 2 wrong input, 3 the server or backend is away, 4 not signed in
or not allowed, 5 not done: it waits for time or for a person.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from backends.errors import BackendUnavailable, ProgramRejected, UnknownBackend
from qtwin import __version__
from qtwin.client.commands import completion, out
from qtwin.client.wire import errors
from qtwin.client.wrong import WrongInput
from qtwin.tables.refusal import FileRefused

FINE, FAILED, WRONG, AWAY, NOT_ALLOWED, NOT_DONE = range(6)
INTERRUPTED = 130
ABOUT = (
    "Evaluate a physical system with any method and backend, and fuse what many sources say of it, "
    "here and now without a server, or on a server that you share."
)
STATUSES = (
    "exit statuses: 0 fine, 1 it failed, 2 wrong input, 3 the server or backend is away, "
    "4 not signed in or not allowed, 5 not done: it waits for time or for a person"
)
PLACES = {
    "evaluate": "evaluate",
    "explain": "explain",
    "backends": "listing",
    "methods": "listing",
    "system": "system",
    "fuse": "fuse",
    "plan": "plan",
    "vendor": "vendor",
    "login": "commands.login",
    "logout": "commands.login",
    "whoami": "commands.login",
    "project": "commands.project",
    "job": "commands.job",
    "twin": "commands.twin",
    "campaign": "commands.campaign",
    "world": "commands.world",
    "train": "commands.world",
    "policy": "commands.world",
    "loop": "commands.loop",
    "classify": "commands.classify",
    "import": "commands.data",
    "export": "commands.export",
    "token": "commands.token",
    "team": "commands.team",
    "mcp": "mcp.command",
    "serve": "commands.serve",
    "worker": "commands.serve",
}
"""Where each command is: only the module that is asked for is loaded."""
KINDS: tuple[tuple[int, tuple[type[Exception], ...]], ...] = (
    (WRONG, (WrongInput, FileRefused, UnknownBackend, ProgramRejected)),
    (NOT_ALLOWED, (errors.NotSignedIn, errors.NotAllowed)),
    (AWAY, (BackendUnavailable, errors.Unreachable, errors.Busy)),
    (NOT_DONE, (errors.TookTooLong, errors.JobHeld)),
    (FAILED, (errors.JobFailed, errors.Unreadable)),
    (WRONG, (errors.Problem, errors.UnknownName)),
)
"""The status of what went wrong: the first that fits."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    given = _parser(words[:1]).parse_args(words)
    try:
        given.run(given)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FINE
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:  # a solver's own failure, too: one sentence, no traceback
        printed = getattr(given, "printed", False)
        return _refuse(error, _status(error), as_json=given.as_json and not printed)
    return FINE


def _status(error: Exception) -> int:
    return next((status for status, kinds in KINDS if isinstance(error, kinds)), FAILED)


def _refuse(error: Exception, status: int, *, as_json: bool) -> int:
    field, sentence = _field(error), str(error) or type(error).__name__
    if as_json:
        body = {"title": type(error).__name__, "status": status, "detail": sentence}
        print(json.dumps({**body, "errors": _errors(error, field, sentence)}))  # noqa: T201
    else:
        for one in _errors(error, field, sentence):
            place = f"{one['pointer']}: " if one["pointer"] else ""
            out.hint(f"qtwin: {place}{one['detail']}")
    return status


def _errors(error: Exception, field: str, sentence: str) -> list[dict[str, object]]:
    """Field by field, as far as that is known."""
    if isinstance(error, errors.Problem) and error.errors:
        return [{"pointer": one.pointer, "detail": one.detail} for one in error.errors]
    return [{"pointer": field, **getattr(error, "place", {}), "detail": sentence}]


def _field(error: Exception) -> str:
    """The argument, or the place in the file: a system document is the whole file here."""
    field = str(getattr(error, "field", ""))
    if field == "/system":
        return "SYSTEM"
    return "/" + field.removeprefix("/system/") if field.startswith("/system/") else field


def _parser(words: Sequence[str] = ()) -> argparse.ArgumentParser:
    """Of one command where it is known which, else of all."""
    parser = argparse.ArgumentParser(prog="qtwin", description=ABOUT, epilog=STATUSES)
    parser.add_argument("--version", action="version", version=f"qtwin {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    named = [PLACES[word] for word in words if word in PLACES]
    for place in dict.fromkeys(named or PLACES.values()):
        _add(place, commands)
    if not named:
        completion.add(commands, _parser)
    return parser


def _add(place: str, commands: object) -> None:
    import_module(f"qtwin.client.{place}").add(commands)


if __name__ == "__main__":
    sys.exit(main())
