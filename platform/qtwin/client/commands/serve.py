"""``qtwin serve`` and ``qtwin worker``: the programs of a server, by their usual starters.

They become uvicorn and Celery, so that signals and exit statuses are theirs. Nothing is set up:
settings come from the environment (``QTWIN_*``), and the database has been migrated.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any, NoReturn

from qtwin.client.wrong import WrongInput

SECRETS = ("QTWIN_SECRET_KEY_FILE", "QTWIN_CREDENTIAL_KEY_FILE")
QUEUES = ("jobs", "twin", "io", "train")


def add(commands: Any) -> None:
    """Add the commands to a parser."""
    about = "start the web process of a server whose settings are in the environment"
    web = commands.add_parser("serve", help=about, description=about)
    web.add_argument("--host", default="127.0.0.1", metavar="ADDRESS", help="127.0.0.1 by default")
    web.add_argument("--port", type=_port, default=8000, metavar="N", help="8000 by default")
    web.set_defaults(run=serve, as_json=False)
    about = "start a worker of a server, or with --sweeper the process that finds what is due"
    worker = commands.add_parser("worker", help=about, description=about)
    worker.add_argument("--processes", type=_count, default=2, metavar="N", help="2 by default")
    worker.add_argument(
        "--queue", action="append", choices=QUEUES, default=None, help="all of them by default"
    )
    worker.add_argument("--sweeper", action="store_true", help="once per server")
    worker.set_defaults(run=work, as_json=False)


def serve(given: argparse.Namespace) -> NoReturn:
    """Become the web process.

    Raises:
        WrongInput: A setting that it needs is missing.
    """
    where = f"--host {given.host} --port {given.port}"
    _become(f"-m uvicorn qtwin.config.asgi:application {where} --no-access-log")


def work(given: argparse.Namespace) -> NoReturn:
    """Become a worker, or the sweeper.

    Raises:
        WrongInput: A setting that it needs is missing.
    """
    if given.sweeper:
        _become("-m workers.sweeper")
    queues = ",".join(given.queue or QUEUES)
    pool = f"--pool prefork --concurrency {given.processes}"
    quiet = "--loglevel WARNING --without-gossip --without-mingle"
    _become(f"-m celery -A workers worker -Q {queues} {pool} {quiet}")


def _become(arguments: str) -> NoReturn:
    for name in SECRETS:
        path = os.environ.get(name)
        if not path or not Path(path).is_file():
            raise WrongInput(f"{path or 'not set'}; needed: a file with the key", field=name)
    sys.stdout.flush()
    sys.stderr.flush()
    environment = {"DJANGO_SETTINGS_MODULE": "qtwin.config.settings", **os.environ}
    line = [sys.executable, *arguments.split()]
    os.execve(sys.executable, line, environment)  # noqa: S606 - no shell, and our own program


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; allowed: 1 to 65535")
    return int(text)


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 64:
        raise argparse.ArgumentTypeError(f"{text!r}; allowed: 1 to 64")
    return int(text)
