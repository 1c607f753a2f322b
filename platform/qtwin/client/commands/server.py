"""The server that a command speaks to."""

from __future__ import annotations

import argparse
import os

from qtwin.client.remote.project import Project
from qtwin.client.remote.session import Client
from qtwin.client.wrong import WrongInput

PROJECT = "QTWIN_PROJECT"


def client() -> Client:
    """By ``QTWIN_URL`` and ``QTWIN_TOKEN``, or by `qtwin login`."""
    return Client()


def add_project(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--project", metavar="PROJECT", help=f"its name or id; {PROJECT} where it is not given"
    )


def project(given: argparse.Namespace) -> Project:
    """The project that is meant.

    Raises:
        WrongInput: None is named.
    """
    name = given.project or os.environ.get(PROJECT)
    if not name:
        raise WrongInput(f"none; allowed: a name or an id, or {PROJECT}", field="--project")
    return client().project(name)
