"""Policies as bytes: what is written is read, and nothing else is."""

from __future__ import annotations

import io
import json
import pickle
import subprocess
import sys
import tracemalloc
import zipfile
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qtwin.worlds.policies import (
    Policy,
    Provenance,
    architecture_for,
    dump_policy,
    read_policy,
    world_digest,
)
from tests.unit.worlds.regulator import Regulator

WORLD = Regulator()
SHAPES: list[dict[str, Any]] = [
    {"kind": "open_loop"},
    {"kind": "linear"},
    {"kind": "mlp", "hidden": [3, 2], "squash": "clip"},
]


def policy(document: dict[str, Any] = SHAPES[2], seed: int = 0) -> Policy:
    architecture = architecture_for(WORLD, document)
    theta = np.random.default_rng(seed).normal(size=architecture.size)
    provenance = Provenance(
        world=world_digest(WORLD),
        world_kind=WORLD.kind,
        twin_version="7",
        learner={"kind": "random"},
        seed=3,
        training={"evaluations": 10},
    )
    return Policy(architecture=architecture, parameters=theta, provenance=provenance)


def rezipped(change: Any, compression: int = zipfile.ZIP_STORED) -> bytes:
    """The members of a policy's file after a change, zipped anew."""
    with zipfile.ZipFile(io.BytesIO(dump_policy(policy()))) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return stream.getvalue()


def array(value: Any) -> bytes:
    stream = io.BytesIO()
    np.save(stream, value, allow_pickle=True)
    return stream.getvalue()


def with_meta(**fields: Any) -> bytes:
    """A policy's file with other JSON."""

    def change(members: dict[str, bytes]) -> None:
        meta = json.loads(np.load(io.BytesIO(members["meta.npy"])).tobytes())
        meta |= fields
        text = json.dumps({k: v for k, v in meta.items() if v is not ...}).encode()
        members["meta.npy"] = array(np.frombuffer(text, dtype=np.uint8))

    return rezipped(change)


def with_member(name: str, data: bytes) -> bytes:
    return rezipped(lambda members: members.__setitem__(f"{name}.npy", data))


@pytest.mark.parametrize("document", SHAPES, ids=lambda d: str(d["kind"]))
def test_what_is_written_is_read(document: dict[str, Any]) -> None:
    written = policy(document)
    read = read_policy(dump_policy(written), WORLD)
    np.testing.assert_array_equal(read.parameters, written.parameters)
    assert (read.kind, read.provenance) == (written.kind, written.provenance)
    seen = np.random.default_rng(1).normal(size=(7, 1))
    np.testing.assert_array_equal(read.act(seen, 2), written.act(seen, 2))
    assert dump_policy(read) == dump_policy(written)


class Evil:
    def __reduce__(self) -> tuple[Any, ...]:
        return (pytest.fail, ("a pickle was loaded",))


def header(text: str) -> bytes:
    data = text.encode().ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(data).to_bytes(2, "little") + data


BROKEN = {
    "a pickle": (pickle.dumps(Evil()), "no policy"),
    "an object array": (with_member("parameters", array(np.array([Evil()]))), "/parameters: type"),
    "nothing": (b"", "no policy"),
    "an empty zip": (rezipped(dict.clear), "has no meta"),
    "a compressed file": (rezipped(lambda m: None, zipfile.ZIP_DEFLATED), "is compressed"),
    "NaN": (with_member("parameters", array(np.full(17, np.nan))), "/parameters: NaN"),
    "an infinite width": (with_member("width", array(np.array([np.inf]))), "must be finite"),
    "no width": (with_member("width", array(np.array([0.0]))), "above 0"),
    "too few": (with_member("parameters", array(np.zeros(15))), "shape (15,); allowed: (17,)"),
    "two axes": (with_member("parameters", array(np.zeros((4, 4)))), "2 axes"),
    "complex numbers": (with_member("parameters", array(np.zeros(17, complex))), "type complex"),
    "a huge header": (
        with_member(
            "parameters",
            header("{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999,), }"),
        ),
        "is not that of its 0 bytes",
    ),
    "a negative shape": (
        with_member(
            "parameters", header("{'descr': '<f8', 'fortran_order': False, 'shape': (-1, 0), }")
        ),
        "shape (-1, 0)",
    ),
    "a stranger": (with_member("extra", array(np.zeros(2))), "/extra: allowed arrays"),
    "a path": (with_member("../../evil", b""), "allowed: names of arrays"),
    "another kind": (with_meta(kind="posterior"), "/kind: allowed: policy"),
    "a newer version": (with_meta(schema_version=2), "value 2; allowed: 1 to 1"),
    "an unknown policy": (with_meta(policy="transformer"), "'transformer'; allowed: open_loop"),
    "no shape": (with_meta(shape=[1]), "/shape"),
    "a layer too wide": (
        with_meta(shape={"observations": 1, "actions": 1, "hidden": [10**9], "squash": "tanh"}),
        "/shape/hidden",
    ),
    "another squash": (
        with_meta(shape={"observations": 1, "actions": 1, "hidden": [3, 2], "squash": "exec"}),
        "/shape/squash",
    ),
    "true for a size": (
        with_meta(shape={"observations": 1, "actions": True, "hidden": [], "squash": "tanh"}),
        "/shape/actions: value True",
    ),
    "no learner": (with_meta(learner=...), "/learner: value None"),
    "a seed that is none": (with_meta(seed="1"), "/seed: value '1'"),
    "a NaN in the JSON": (with_meta(training={"best": float("nan")}), "NaN; allowed: finite"),
    "a number too large": (
        with_member("meta", array(np.frombuffer(b'{"a":1e999}', dtype=np.uint8))),
        "1e999; allowed: finite",
    ),
    "no JSON": (with_member("meta", array(np.frombuffer(b"{", dtype=np.uint8))), "no policy"),
    "a deep JSON": (
        with_member("meta", array(np.frombuffer(b"[" * 900_000, dtype=np.uint8))),
        "no policy",
    ),
    "a name twice": (
        with_member("meta", array(np.frombuffer(b'{"kind":1,"kind":2}', dtype=np.uint8))),
        "a name is there twice",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_or_malicious_file_is_refused(name: str) -> None:
    blob, said = BROKEN[name]
    with pytest.raises(ValueError) as refused:  # noqa: PT011 - what it says is checked below
        read_policy(blob)
    assert said in str(refused.value)


def test_a_member_that_is_there_twice_is_refused() -> None:
    stream = io.BytesIO(dump_policy(policy()))
    with (
        zipfile.ZipFile(stream, "a") as archive,
        pytest.warns(UserWarning, match="Duplicate name"),
    ):
        archive.writestr("parameters.npy", array(np.zeros(17)))
    with pytest.raises(ValueError, match="/parameters: is there twice"):
        read_policy(stream.getvalue())


def test_a_zip_bomb_takes_no_memory() -> None:
    def change(members: dict[str, bytes]) -> None:
        members["parameters.npy"] = bytes(40_000_000)

    bomb = rezipped(change, zipfile.ZIP_DEFLATED)
    tracemalloc.start()
    with pytest.raises(ValueError, match="is compressed"):
        read_policy(bomb)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2_000_000


def test_a_policy_for_another_world_is_refused_with_the_sizes() -> None:
    blob = dump_policy(policy(SHAPES[0]))
    with pytest.raises(ValueError, match="/shape/steps: value 5; allowed: 9 in this regulator"):
        read_policy(blob, Regulator(steps=9))


GOOD = dump_policy(policy())


@settings(max_examples=200, deadline=None)
@given(
    cuts=st.lists(
        st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), min_size=1, max_size=4
    ),
    end=st.one_of(st.none(), st.integers(0, len(GOOD))),
)
def test_mutated_bytes_are_a_policy_or_a_value_error(
    cuts: list[tuple[int, int]], end: int | None
) -> None:
    mutated = bytearray(GOOD)
    for at, byte in cuts:
        mutated[at] = byte
    try:
        read = read_policy(bytes(mutated[:end]), WORLD)
    except ValueError:
        return
    assert np.isfinite(read.act(np.zeros((2, 1)), 0)).all()


@settings(max_examples=100, deadline=None)
@given(blob=st.binary(max_size=300))
def test_any_bytes_are_a_value_error(blob: bytes) -> None:
    with pytest.raises(ValueError, match="no policy"):
        read_policy(blob)


def test_reading_a_policy_loads_no_environment() -> None:
    code = (
        "import sys, qtwin.worlds.policies; "
        "print({'gymnasium', 'scipy', 'cma', 'django'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
