"""One chunk, in a process of its own: take the limits, run, write one JSON document."""

from __future__ import annotations

import errno
import json
import math
import os
import random
import resource
import tempfile
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any, NoReturn

from backends.base import Backend
from backends.errors import BackendUnavailable, ProgramRejected, UnknownBackend
from backends.schema import Experiment, Result, RunOptions
from workers.sandbox import linux, memory

EXIT_MEMORY = 71
EXIT_OUTPUT = 73
TEXT_LIMIT = 2000
THREADS = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "RAYON_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",  # Cirq imports pandas, which imports Arrow
}
KERNEL = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
"""Which kernel of BLAS computes: with another one, last digits differ from those outside."""


def environment(outside: Mapping[str, str]) -> dict[str, str]:
    """All that a child sees of the environment."""
    return THREADS | {name: outside[name] for name in KERNEL if name in outside}


def run(
    backend: Backend | Exception, request: dict[str, Any], *, folder: str, out: int, payload: int
) -> NoReturn:
    """Run one request and end this process.

    Args:
        out: The file of the answer.
        payload: The file of the bytes that are to be read, if the request says that there are any.
    """
    code = 1
    try:
        _confine(request["limits"], folder=folder, kept=(out, payload))
        given = _taken(payload)
        call = partial(_parse, given=given) if request.get("payload") else _submit
        code = _answer(_tried(backend, request, call), out)
        memory.leave(backend, folder)
    except MemoryError:
        code = EXIT_MEMORY
    finally:
        os._exit(code)


def _taken(payload: int) -> bytes:
    """What was laid down for this child, within its limit of memory."""
    try:
        return os.pread(payload, os.fstat(payload).st_size, 0)
    finally:
        os.close(payload)


def _confine(limits: dict[str, Any], *, folder: str, kept: tuple[int, int]) -> None:
    os.setpgid(0, 0)  # not a session, which Linux may give a share of the processor of its own
    linux.die_with_parent()
    linux.prefer_in_memory_shortage()
    _close_all_but(*kept)
    kept_environment = environment(os.environ)
    os.environ.clear()
    os.environ.update(kept_environment)
    os.chdir(folder)
    tempfile.tempdir = folder
    random.seed()
    os.nice(10)
    _limit(resource.RLIMIT_CORE, 0)
    seconds = math.ceil(limits["cpu_s"])  # SIGXCPU first, which says why; then SIGKILL
    _limit(resource.RLIMIT_CPU, seconds, hard=seconds + 1)
    _limit(resource.RLIMIT_FSIZE, limits["output_bytes"])
    _limit(resource.RLIMIT_NOFILE, limits["open_files"])
    _limit(resource.RLIMIT_AS, limits["memory_bytes"])


def _close_all_but(*kept: int) -> None:
    """Leave three null descriptors, the answer and the payload: no way to talk to the zygote."""
    null = os.open(os.devnull, os.O_RDWR)
    for standard in range(3):
        os.dup2(null, standard)
    first = 3
    for handle in sorted(kept):
        os.closerange(first, handle)
        first = handle + 1
    os.closerange(first, os.sysconf("SC_OPEN_MAX"))


def _limit(kind: int, value: int, *, hard: int | None = None) -> None:
    """Set both bounds; a system that lacks the limit (macOS: address space) goes without."""
    with suppress(OSError, ValueError):
        resource.setrlimit(kind, (value, value if hard is None else hard))


Call = Callable[[Backend, dict[str, Any]], dict[str, Any]]


def _tried(backend: Backend | Exception, request: dict[str, Any], call: Call) -> dict[str, Any]:
    """The boundary: whatever an SDK throws, Rust panics included, becomes a document."""
    try:
        if isinstance(backend, Exception):
            raise backend
        return call(backend, request)
    except UnknownBackend as error:
        return _failure("rejected", str(error), field="/backend")
    except MemoryError:
        raise
    except BaseException as error:
        return _failed("crashed", f"The backend failed with {type(error).__name__}.")


def _submit(backend: Backend, request: dict[str, Any]) -> dict[str, Any]:
    experiment = Experiment.from_dict(request["experiment"])
    options = RunOptions(**request["options"])
    try:
        result = backend.submit(experiment, options, token=request["token"])
    except ProgramRejected as error:
        return _failure("rejected", str(error), field=error.field)
    except BackendUnavailable as error:
        return _failure("unavailable", str(error))
    if not isinstance(result, Result):
        return _failure("rejected", "a backend with a remote queue cannot run in the sandbox")
    return {"ok": True, "result": result.to_dict()}


def _parse(backend: Backend, request: dict[str, Any], *, given: bytes) -> dict[str, Any]:
    """Whatever a reader throws means that the bytes cannot be read; only memory is a limit."""
    experiment = Experiment.from_dict(request["experiment"])
    options = RunOptions(**request["options"])
    try:
        return {"ok": True, "result": backend.parse(given, experiment, options).to_dict()}
    except MemoryError:
        raise
    except ValueError as error:
        return _failed("malformed", str(error))
    except BaseException as error:
        return _failed("malformed", type(error).__name__)


def _failed(error: str, message: str) -> dict[str, Any]:
    """With the traceback of what is being handled."""
    return _failure(error, message, detail=traceback.format_exc()[-2 * TEXT_LIMIT :])


def _failure(error: str, message: str, **more: str) -> dict[str, Any]:
    return {"ok": False, "error": error, "message": message[:TEXT_LIMIT], **more}


def _answer(document: dict[str, Any], out: int) -> int:
    try:
        data = json.dumps(document, allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError) as error:
        failure = _failure(
            "crashed", "The backend's result is no JSON document.", detail=str(error)
        )
        data = json.dumps(failure).encode()
    offset = 0
    try:
        while offset < len(data):
            offset += os.pwrite(out, data[offset : offset + (1 << 20)], offset)
    except OSError as error:
        return EXIT_OUTPUT if error.errno == errno.EFBIG else 1
    return 0
