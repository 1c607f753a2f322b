"""From the demo project's data to a report: posterior, policies, stages, comparison."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from infra.demo_world.drifts import DRIFTS
from infra.demo_world.measurements import measure
from infra.demo_world.options import Options, parse
from infra.demo_world.policies import policies
from infra.demo_world.report import document, sentences
from infra.demo_world.table import stages_table
from qtwin.serve.errors import CannotGoOn, CannotStart
from qtwin.serve.terminal import Terminal
from qtwin.worlds.posterior import Posterior

SEED = 9
FINISHED, FAILED = 0, 1


def main(arguments: Sequence[str]) -> int:
    """Run; returns the exit status."""
    options = parse(arguments)
    terminal = Terminal(machine=options.as_json)
    try:
        if options.folder:
            found = _run(options, options.folder, terminal)
        else:
            with tempfile.TemporaryDirectory(prefix="qtwin-demo-world-") as folder:
                found = _run(options, Path(folder), terminal)
    except (CannotStart, CannotGoOn) as error:
        sys.stderr.write(f"{error}\n")
        return FAILED
    if options.as_json:
        sys.stdout.write(json.dumps(found, indent=2) + "\n")
        return FINISHED
    terminal.console.print(stages_table(found))
    for sentence in sentences(found):
        terminal.say(sentence)
    return FINISHED


def _run(options: Options, folder: Path, terminal: Terminal) -> dict[str, Any]:
    began = time.monotonic()
    terminal.say("Measuring the Rydberg chain of the demo project …")
    system, rows, counted = measure(folder, terminal, workers=options.workers)
    measured = time.monotonic()
    terminal.say("Learning the machine's Hamiltonian …")
    posterior = _learned(system, rows, options, terminal)
    learned = time.monotonic()
    world = _drifted(posterior)
    terminal.say("Training schedules and playing them on every stage …")
    found = policies(world, options, terminal.say)
    seconds = {
        "measuring": measured - began,
        "learning": learned - measured,
        "training_and_transfer": time.monotonic() - learned,
        "all": time.monotonic() - began,
    }
    told = document(posterior, world, found, counted, quick=options.quick)
    return told | {"seconds": seconds}


def _learned(
    system: dict[str, Any], rows: Sequence[Any], options: Options, terminal: Terminal
) -> Posterior:
    from backends.systems import load
    from qtwin.worlds.calibration import calibratable, calibrate, calibration_data

    data = calibration_data(calibratable(load(system)), rows)
    return calibrate(system, data, seed=SEED, effort=options.effort, on_progress=terminal.say)


def _drifted(posterior: Posterior) -> Posterior:
    from qtwin.worlds.calibration import drifted

    return drifted(posterior, DRIFTS, SEED)
