"""``qtwin mcp``: serve an AI agent over standard input and output, or over HTTP on this machine."""

from __future__ import annotations

import argparse
import os
from importlib.util import find_spec
from typing import Any

from qtwin.client.wrong import WrongInput

MISSING = "the package mcp is not installed; pip install 'qtwin[mcp]'"
ABOUT = (
    "An AI agent looks at twins, asks for recommendations and submits within its token's budget. "
    "The token comes from QTWIN_TOKEN or qtwin login; over HTTP, from each request."
)


def add(commands: Any) -> None:
    """Add the command to a parser."""
    parser = commands.add_parser(
        "mcp", help="serve an AI agent by the Model Context Protocol", description=ABOUT
    )
    parser.add_argument("--url", help="of the QTwin server; else QTWIN_URL or qtwin login")
    parser.add_argument(
        "--http",
        type=_port,
        metavar="PORT",
        help="on 127.0.0.1 at this port instead of standard input and output",
    )
    parser.set_defaults(run=serve, as_json=False)


def serve(given: argparse.Namespace) -> None:
    """Serve until the client goes away.

    Raises:
        WrongInput: The package is missing.
        NotSignedIn: There is no server or token to ask with.
    """
    if find_spec("mcp") is None:
        raise WrongInput(MISSING)
    if given.http is None:
        _stdio(given.url)
    else:
        _http(given.url, given.http)


def _stdio(url: str | None) -> None:
    from qtwin.client.mcp.agent_client import AgentClient
    from qtwin.client.mcp.server import always, make_server

    make_server(always(AgentClient(url))).run("stdio")


def _http(url: str | None, port: int) -> None:
    from qtwin.client.mcp.agent_client import AgentClient
    from qtwin.client.mcp.loopback import serve as serve_http
    from qtwin.client.wire.address import URL, checked, read_kept

    kept = read_kept()
    address = url or os.environ.get(URL) or (kept.url if kept else "")
    server = checked(address)
    serve_http(lambda token: AgentClient(server, token), port=port)


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r}; allowed: 1 to 65535")
    return int(text)
