"""The command ``qtwin``: evaluate one source here and now, and list what there is.

Exit statuses: 0 fine, 1 the computation failed, 2 wrong input, 3 the backend is not available now.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence

from backends.errors import BackendUnavailable, ProgramRejected, UnknownBackend
from qtwin.client import evaluate, explain, fuse, listing, plan, system, vendor
from qtwin.client.wrong import WrongInput
from qtwin.tables.refusal import FileRefused

FINE, FAILED, WRONG, AWAY = 0, 1, 2, 3
ABOUT = (
    "Evaluate a physical system with any method and backend, and fuse what many sources say of it, "
    "here and now, without a server."
)
STATUSES = "exit statuses: 0 fine, 1 the computation failed, 2 wrong input, 3 the backend is away"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    given = _parser().parse_args(arguments)
    try:
        given.run(given)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FINE
    except (WrongInput, FileRefused, UnknownBackend, ProgramRejected) as error:
        return _refuse(error, status=WRONG, as_json=given.as_json)
    except BackendUnavailable as error:
        return _refuse(error, status=AWAY, as_json=given.as_json)
    except KeyboardInterrupt:
        return 130
    except Exception as error:  # a solver's own failure: one sentence, no traceback
        return _refuse(error, status=FAILED, as_json=given.as_json)
    return FINE


def _refuse(error: Exception, *, status: int, as_json: bool) -> int:
    field, sentence = _field(error), str(error) or type(error).__name__
    if as_json:
        place = getattr(error, "place", {})
        body = {"title": type(error).__name__, "status": status, "detail": sentence}
        print(json.dumps({**body, "errors": [{"pointer": field, **place, "detail": sentence}]}))  # noqa: T201
    else:
        sys.stderr.write(f"qtwin: {field + ': ' if field else ''}{sentence}\n")
    return status


def _field(error: Exception) -> str:
    """The argument, or the place in the file: a system document is the whole file here."""
    field = str(getattr(error, "field", ""))
    if field == "/system":
        return "SYSTEM"
    return "/" + field.removeprefix("/system/") if field.startswith("/system/") else field


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="qtwin", description=ABOUT, epilog=STATUSES)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for module in (evaluate, explain, listing, system, fuse, plan, vendor):
        module.add(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
