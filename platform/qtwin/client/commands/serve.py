"""``qtwin serve`` and ``qtwin worker``: a whole server on this machine, or one program of a server.

A program of a server becomes uvicorn or Celery, so that signals and exit statuses are theirs.
Nothing is set up then: settings come from the environment (``QTWIN_*``), and the database has been
migrated.
"""

from __future__ import annotations

import argparse
import os
import sys
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

from qtwin.client.wrong import WrongInput
from qtwin.serve import options
from qtwin.serve.port import KEEP_ALIVE_S

OF_A_SERVER = (
    "QTWIN_SECRET_KEY_FILE",
    "QTWIN_CREDENTIAL_KEY_FILE",
    "QTWIN_DATABASE",
    "QTWIN_BROKER_URL",
)
"""Settings of which one is enough to say that this is a part of a server."""
QUEUES = ("jobs", "twin", "io", "train")
ALONE = ("once", "json", "demo", "data_dir", "workers", "nice")
"""Options of a whole server on this machine."""
GRACE_S = 20
"""How long the web process finishes requests once it is asked to stop."""


def add(commands: Any) -> None:
    """Add the commands to a parser."""
    about = (
        "start a whole server on this machine and run its demos; or, where the settings of a "
        "server are in the environment, its web process"
    )
    web = commands.add_parser("serve", help=about, description=about)
    options.add(web)
    web.add_argument("--host", metavar="ADDRESS", help="of the web process; 127.0.0.1 by default")
    web.set_defaults(run=partial(serve, web), as_json=False)
    about = "start a worker of a server, or with --sweeper the process that finds what is due"
    worker = commands.add_parser("worker", help=about, description=about)
    worker.add_argument("--processes", type=_count, default=2, metavar="N", help="2 by default")
    worker.add_argument(
        "--queue", action="append", choices=QUEUES, default=None, help="all of them by default"
    )
    worker.add_argument("--sweeper", action="store_true", help="once per server")
    worker.set_defaults(run=work, as_json=False)


def serve(parser: argparse.ArgumentParser, given: argparse.Namespace) -> NoReturn:
    """Become a whole server, or the web process of one.

    Raises:
        WrongInput: An option of the one was given to the other.
    """
    if not any(os.environ.get(name) for name in OF_A_SERVER):
        _whole(parser, given)
    for name in ALONE:
        value = getattr(given, name)
        if value is not None and value is not False:
            raise WrongInput(
                "goes with a whole server on this machine, and settings of a server are in the "
                f"environment: {', '.join(name for name in OF_A_SERVER if name in os.environ)}",
                field="--" + name.replace("_", "-"),
            )
    where = f"--host {given.host or '127.0.0.1'} --port {given.port or options.DEFAULT_PORT}"
    how = f"--timeout-graceful-shutdown {GRACE_S} --timeout-keep-alive {KEEP_ALIVE_S}"
    how += " --no-access-log --no-server-header"
    _become(f"uvicorn qtwin.config.asgi:application {where} {how}")


def work(given: argparse.Namespace) -> NoReturn:
    """Become a worker, or the sweeper."""
    if given.sweeper:
        _become("workers.sweeper")
    queues = ",".join(given.queue or QUEUES)
    pool = f"--pool prefork --concurrency {given.processes}"
    quiet = "--loglevel WARNING --without-gossip --without-mingle"
    _become(f"celery -A workers worker -Q {queues} {pool} {quiet}")


def _whole(parser: argparse.ArgumentParser, given: argparse.Namespace) -> NoReturn:
    if given.host:
        raise WrongInput(
            "a whole server is for this machine only; allowed with settings of a server in the "
            "environment",
            field="--host",
        )
    from qtwin.serve.run import start  # only now: it loads what no other command needs

    folder = Path(os.environ.get("QTWIN_DATA_DIR") or ".qtwin")
    raise SystemExit(start(options.chosen(parser, given, data_dir=folder)))


def _become(arguments: str) -> NoReturn:
    sys.stdout.flush()
    sys.stderr.flush()
    environment = {"DJANGO_SETTINGS_MODULE": "qtwin.config.settings", **os.environ}
    line = [sys.executable, "-m", "qtwin.config.start", *arguments.split()]
    os.execve(sys.executable, line, environment)  # noqa: S606 - no shell, and our own program


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 64:
        raise argparse.ArgumentTypeError(f"{text!r}; allowed: 1 to 64")
    return int(text)
