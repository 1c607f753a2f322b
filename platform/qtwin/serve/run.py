"""From the command line to a running stack, a finished demo and a clean end."""

from __future__ import annotations

import json
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from qtwin.serve import broker, campaign, folder, port, report, stack
from qtwin.serve.client import Client
from qtwin.serve.errors import CannotGoOn, CannotStart
from qtwin.serve.options import Options
from qtwin.serve.processes import Supervisor
from qtwin.serve.terminal import Terminal, print_report

TICK_S = 0.25
FINISHED, FAILED, REFUSED, INTERRUPTED = 0, 1, 2, 130


class Stopped(BaseException):
    """A signal asked us to stop."""


def start(options: Options) -> int:
    """Run; returns the exit status."""
    terminal = Terminal(machine=options.as_json)
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, _stop)
    try:
        folder.prepare(options.data_dir)
        with folder.owned(options.data_dir):
            return _run(options, terminal)
    except CannotStart as error:
        sys.stderr.write(f"{error}\n")
        return REFUSED
    except CannotGoOn as error:
        sys.stderr.write(f"{error}\n")
        return FAILED
    except Stopped:
        return INTERRUPTED if options.once else FINISHED


def _run(options: Options, terminal: Terminal) -> int:
    chosen = port.choose(options.port)
    queue = broker.find(options.data_dir)
    env = folder.environment(options.data_dir, queue.url)
    supervisor = Supervisor(env=env, folder=options.data_dir, say=terminal.say)
    with _stopping(supervisor, terminal):
        terminal.say("Starting QTwin …")
        stack.start_broker(supervisor, queue)
        seeded = stack.prepare_database(env, options.demos)
        stack.start_platform(supervisor, port=chosen, workers=options.workers, nice=options.nice)
        address = f"http://{port.HOST}:{chosen}"
        terminal.say(f"QTwin is at {address}; sign in once with {address}{seeded['sign_in_path']}")
        return _campaigns(options, terminal, supervisor, address, seeded)


def _campaigns(
    options: Options,
    terminal: Terminal,
    supervisor: Supervisor,
    address: str,
    seeded: dict[str, Any],
) -> int:
    status = FINISHED
    for demo in seeded["demos"]:
        client = _client(address, seeded["token"], demo["project"], supervisor)
        jobs = _campaign(terminal, supervisor, client, demo)
        if any(job["state"] != "succeeded" for job in jobs):
            status = FAILED
        if options.once:
            twin = campaign.settled_twin(client, supervisor.tick)
            document = report.make_report(client, demo=demo, jobs=jobs, twin=twin)
            _report(options, terminal, document)
    if options.once:
        return status
    terminal.say("The demo is done. Ctrl-C stops QTwin; its data stays.")
    while True:
        supervisor.tick()
        time.sleep(TICK_S)


def _campaign(
    terminal: Terminal, supervisor: Supervisor, client: Client, demo: dict[str, Any]
) -> list[dict[str, Any]]:
    """Run the jobs of one demo to their end; returns their last rows."""
    ids = campaign.submit_all(client, demo["jobs"])
    jobs = campaign.follow(client, ids, terminal, supervisor.tick)
    for job in jobs:
        if job["state"] != "succeeded":
            terminal.say(f"{job['source']}: {job['state']}. {job.get('reason', '')}")
    return jobs


def _report(options: Options, terminal: Terminal, document: dict[str, Any]) -> None:
    if options.as_json:
        sys.stdout.write(json.dumps(document, indent=2) + "\n")
    else:
        print_report(terminal, document)


def _client(address: str, token: str, project: str, supervisor: Supervisor) -> Client:
    return Client(address=address, token=token, project=project, while_waiting=supervisor.tick)


@contextmanager
def _stopping(supervisor: Supervisor, terminal: Terminal) -> Iterator[None]:
    """Stop everything at the end, and do not be stopped in that."""
    try:
        yield
    finally:
        for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(name, signal.SIG_IGN)
        terminal.say("Stopping …")
        supervisor.stop()


def _stop(signum: int, frame: FrameType | None) -> None:
    raise Stopped
