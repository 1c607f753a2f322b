"""What the tests ask of a sandbox, and which processes belong to it."""

from __future__ import annotations

import time

import numpy as np
import psutil

from backends.schema import Experiment, RunOptions
from workers.sandbox import ChunkRequest, Limits, ParseRequest, Sandbox

BACKENDS = {
    "misbehaving": "tests.unit.workers.sandbox.misbehaving:Misbehaving",
    "broken": "tests.unit.workers.sandbox.misbehaving:Broken",
}
H2 = {
    "kind": "molecule",
    "schema_version": 1,
    "atoms": [
        {"element": "H", "position": [0, 0, 0]},
        {"element": "H", "position": [0, 0, "bond_length"]},
    ],
    "charge": 0,
    "spin": 0,
    "basis": "sto-3g",
    "mapping": "jordan_wigner",
    "controls": [
        {
            "name": "bond_length",
            "label": "Bond length",
            "unit": "angstrom",
            "lower": 0.3,
            "upper": 2.5,
        }
    ],
}
CANARY = "QTWIN_TEST_CANARY"
TIGHT = Limits(memory_bytes=1 << 29, cpu_s=2, wall_s=20, output_bytes=1 << 20)


def gone(processes: list[psutil.Process]) -> bool:
    """Whether all have ended within five seconds; a zombie has."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        if not [p for p in processes if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]:
            return True
        time.sleep(0.01)
    return False


def family_of(box: Sandbox) -> list[psutil.Process]:
    """The process that was started, and the zygote if that is another one: the last."""
    outer = psutil.Process(box.pid)
    return [outer, *outer.children(recursive=True)]


def experiment_of(behaviour: str) -> Experiment:
    """Two points of one observable."""
    return Experiment(
        system={"kind": "test"},
        method=behaviour,
        controls=("x",),
        points=np.array([[0.5], [1.0]]),
        observables=("energy",),
    )


def ask(behaviour: str, *, backend: str = "misbehaving", token: str = "t") -> ChunkRequest:
    return ChunkRequest(
        backend=backend,
        experiment=experiment_of(behaviour),
        options=RunOptions(seed=7),
        token=token,
    )


def read(behaviour: str, rest: bytes = b"", *, backend: str = "misbehaving") -> ParseRequest:
    """Read a payload that makes its reader behave so."""
    return ParseRequest(
        backend=backend,
        experiment=experiment_of("fine"),
        options=RunOptions(seed=7),
        payload=behaviour.encode() + b"\n" + rest,
    )
