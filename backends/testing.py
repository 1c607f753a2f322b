"""Conformance kit: what every adapter must do, whatever it runs.

For authors of backends, to be called in a test::

    check_backend(MyBackend(), experiment=..., options=RunOptions(shots=1000, seed=1))
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial
from pkgutil import resolve_name

import numpy as np

from backends.base import Backend, Capabilities
from backends.errors import ProgramRejected
from backends.schema import Cost, Experiment, Result, RunOptions

SIGMAS = 5.0
EXACT_TOLERANCE = 1e-8
BATCH = 20
ENGINES = (
    "qiskit",
    "qiskit_aer",
    "qiskit_ibm_runtime",
    "braket",
    "cirq",
    "cirq_google",
    "pyscf",
    "stim",
    "scipy",
    "tenpy",
)


def check_backend(backend: Backend, *, experiment: Experiment, options: RunOptions) -> None:
    """Check a backend that answers `submit` at once.

    Args:
        experiment: Anything the backend can run, at two points or more.
        options: With a seed where shots are taken.

    Raises:
        AssertionError: Says what the backend does wrong.
    """
    if len(experiment.points) < 2:
        raise ValueError("the kit needs two points or more")
    result = run(backend, experiment, options)
    check_declaration(backend, experiment, options)
    check_result(backend, experiment, options, result)
    check_round_trip(result)
    check_seed(backend, experiment, options, result)
    check_rejections(backend, experiment, options)
    check_chunks(backend, experiment, options, result)
    check_statistics(backend, experiment, options, result)
    check_light_import(backend)


def run(backend: Backend, experiment: Experiment, options: RunOptions) -> Result:
    """Submit and expect the result at once."""
    result = backend.submit(experiment, options, token="qtwin-conformance-0-0")  # noqa: S106 - not a password
    assert isinstance(result, Result), f"{backend.name}: submit gave {type(result).__name__}"
    return result


def check_declaration(backend: Backend, experiment: Experiment, options: RunOptions) -> None:
    """The name, the capabilities and the estimate exist and agree with each other."""
    able = backend.capabilities
    assert backend.name, "a backend needs a name"
    assert isinstance(able, Capabilities), "capabilities must be a Capabilities"
    assert able.methods, "a backend needs a method"
    assert able.exact or able.max_shots, "a backend takes shots, or is exact, or both"
    cost = backend.estimate(experiment, options)
    assert isinstance(cost, Cost), "estimate must give a Cost"
    amounts = (cost.money_micro_usd, cost.seconds, cost.memory_bytes, cost.qpu_seconds, cost.shots)
    assert min(amounts) >= 0, f"negative {cost}"
    assert able.paid or cost.money_micro_usd == 0, "a backend that is not paid costs money"


def check_result(
    backend: Backend, experiment: Experiment, options: RunOptions, result: Result
) -> None:
    """Shapes, errors, options and provenance say what was run. Finiteness is Result's own check."""
    assert result.values.shape == experiment.shape, f"{result.values.shape} != {experiment.shape}"
    source = result.provenance
    assert source.backend == backend.name, f"provenance names {source.backend!r}"
    assert source.versions, "provenance must give versions"
    assert source.started_at <= source.finished_at, "finished before it started"
    assert result.options.shots == options.shots, "the shots were not honoured"
    if backend.capabilities.recorded:
        assert result.raw, "a recorded result must say which rows it is"
    elif options.shots is None:
        assert not result.std_errors.any(), "an exact result has no statistical error"
    else:
        assert result.options.seed is not None, "a sampled result must say its seed"
        assert (result.std_errors > 0).all(), "a sampled result has a statistical error"


def check_round_trip(result: Result) -> None:
    """The JSON form loses nothing."""
    text = json.dumps(result.to_dict(), allow_nan=False)
    again = Result.from_dict(json.loads(text))
    assert json.dumps(again.to_dict()) == text, "the JSON form does not round-trip"


def check_seed(
    backend: Backend, experiment: Experiment, options: RunOptions, result: Result
) -> None:
    """The seed that a result states gives the same values again, and another seed others."""
    again = run(backend, experiment, replace(options, seed=result.options.seed))
    assert np.array_equal(again.values, result.values), "one seed gave two results"
    if options.shots is not None:
        other = run(backend, experiment, _reseeded(result.options))
        assert not np.array_equal(other.values, result.values), "the seed changes nothing"


def check_rejections(backend: Backend, experiment: Experiment, options: RunOptions) -> None:
    """What cannot run is rejected with a pointer to the field, by `check` and by `submit`."""
    able, rows = backend.capabilities, len(experiment.points)
    bad = "no_such_thing"
    cases = [
        (replace(experiment, method=bad), options, "/method"),
        (
            replace(experiment, settings={**experiment.settings, bad: 1}),
            options,
            f"/settings/{bad}",
        ),
        (replace(experiment, knobs=(bad,), knob_values=np.ones((rows, 1))), options, "/knobs"),
        (experiment, replace(options, shots=0), "/shots"),
        (experiment, replace(options, shots=(able.max_shots or 0) + 1), "/shots"),
    ]
    if not able.exact:
        cases.append((experiment, replace(options, shots=None), "/shots"))
    for name, _, high in able.knobs:
        over = replace(experiment, knobs=(name,), knob_values=np.full((rows, 1), high + 1))
        cases.append((over, options, f"/knobs/{name}/0"))
    for case, case_options, field in cases:
        _must_reject(partial(backend.check, case, case_options), field)
        _must_reject(partial(run, backend, case, case_options), field)


def check_chunks(
    backend: Backend, experiment: Experiment, options: RunOptions, result: Result
) -> None:
    """Points run in chunks give what they give together, within their errors."""
    middle = len(experiment.points) // 2
    chunks = [experiment.rows(0, middle), experiment.rows(middle, len(experiment.points))]
    parts = [
        run(backend, chunk, _reseeded(result.options, index)) for index, chunk in enumerate(chunks)
    ]
    values = np.concatenate([part.values for part in parts])
    errors = np.hypot(np.concatenate([part.std_errors for part in parts]), result.std_errors)
    _must_agree(values, result.values, errors, "chunks differ from the whole")


def check_statistics(
    backend: Backend, experiment: Experiment, options: RunOptions, result: Result
) -> None:
    """Values deviate by their stated errors: from the exact limit, or from another seed."""
    if options.shots is None:
        return
    if backend.capabilities.exact:
        exact = run(backend, experiment, replace(options, shots=None))
        _must_agree(result.values, exact.values, result.std_errors, "values differ from exact ones")
    else:
        other = run(backend, experiment, _reseeded(result.options, 7))
        errors = np.hypot(other.std_errors, result.std_errors)
        _must_agree(result.values, other.values, errors, "two seeds differ")


def check_coverage(
    backend: Backend, *, experiment: Experiment, options: RunOptions, draws: int = 1000
) -> None:
    """Statistical errors hold what they promise: 68 % of values within one, 95 % within two.

    Not part of `check_backend`, since it takes many runs. The first point is run ``draws`` times,
    with different seeds and at different places of a batch; the distances are counted from the
    exact value where the backend has one, and from the mean of all draws elsewhere.

    Args:
        options: With shots.

    Raises:
        AssertionError: Says how many lie within which distance.
    """
    point = experiment.rows(0, 1)
    batch = _repeated(point, BATCH)
    runs = [
        run(backend, batch, _reseeded(replace(options, seed=options.seed or 0), 1000 * index))
        for index in range(draws // BATCH)
    ]
    values = np.concatenate([result.values for result in runs])
    errors = np.concatenate([result.std_errors for result in runs])
    center = values.mean(axis=0)
    if backend.capabilities.exact:
        center = run(backend, point, replace(options, shots=None)).values[0]
    z = np.abs(values - center) / errors
    for sigmas, nominal in ((1.0, 0.6827), (2.0, 0.9545)):
        held = np.mean(z <= sigmas, axis=0)
        allowed = SIGMAS * np.sqrt(nominal * (1 - nominal) / len(z))
        assert np.all(np.abs(held - nominal) <= allowed), (
            f"{sigmas:g} sigma hold {held} of {len(z)} draws, not {nominal} +- {allowed:.3f}"
        )


def _repeated(point: Experiment, times: int) -> Experiment:
    return replace(
        point,
        points=np.repeat(point.points, times, axis=0),
        knob_values=np.repeat(point.knob_values, times, axis=0),
    )


def check_light_import(backend: Backend) -> None:
    """Importing the adapter and reading its capabilities loads no engine.

    Skipped for classes that a fresh process cannot import.
    """
    if _importable(type(backend)):
        loaded = _engines_loaded_by(type(backend))
        assert not loaded, f"importing {type(backend).__module__} loads {loaded}"


@cache
def _engines_loaded_by(kind: type[Backend]) -> str:
    code = (
        "import sys; from pkgutil import resolve_name\n"
        f"resolve_name('{kind.__module__}:{kind.__qualname__}')().capabilities\n"
        f"print(*(set({ENGINES!r}) & set(sys.modules)))"
    )
    paths = os.pathsep.join(path or os.getcwd() for path in sys.path)
    done = subprocess.run(  # noqa: S603 - our own interpreter and a class name
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def _importable(kind: type) -> bool:
    if kind.__module__ == "__main__":
        return False
    try:
        return resolve_name(f"{kind.__module__}:{kind.__qualname__}") is kind
    except (ImportError, AttributeError, ValueError):
        return False


def _reseeded(options: RunOptions, shift: int = 0) -> RunOptions:
    return replace(options, seed=None if options.seed is None else options.seed + 1 + shift)


def _must_agree(
    values: np.ndarray, expected: np.ndarray, errors: np.ndarray, complaint: str
) -> None:
    distance = np.abs(values - expected)
    allowed = SIGMAS * errors + EXACT_TOLERANCE
    worst = np.max(distance / allowed)
    assert worst <= 1, f"{complaint}: {worst:.2g} times the allowed {SIGMAS:g} sigma"


def _must_reject(call: Callable[[], object], field: str) -> None:
    try:
        call()
    except ProgramRejected as error:
        found = error.field
    else:
        raise AssertionError(f"accepted what must be rejected at {field}")
    assert found == field, f"rejected at {found!r} instead of {field!r}"
