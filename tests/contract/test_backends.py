"""Every registered backend, and a new one, through the conformance kit."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backends import registry
from backends.errors import ProgramRejected, UnknownBackend
from backends.schema import Experiment, RunOptions
from backends.testing import ENGINES, check_backend
from tests.contract.cases import LOCAL, POINTS, experiment_of, settings_of, system_of
from tests.docs.fences import blocks
from workers.sandbox.child import THREADS

METHODS_OF = {name: registry.get(name).capabilities.methods for name in LOCAL}
# Every backend with one method, and every method on one backend: which of both runs is one's own.
CASES = sorted(
    {(name, methods[0]) for name, methods in METHODS_OF.items()}
    | {
        (next(name for name, methods in METHODS_OF.items() if method in methods), method)
        for method in {method for methods in METHODS_OF.values() for method in methods}
    }
)


@pytest.mark.parametrize(("name", "method"), CASES)
def test_a_registered_backend_conforms(name: str, method: str) -> None:
    backend, experiment = registry.get(name), experiment_of(method).rows(0, 2)
    if backend.capabilities.exact:
        check_backend(backend, experiment=experiment, options=RunOptions())
    if backend.capabilities.max_shots:
        options = RunOptions(shots=2000, seed=1)
        check_backend(backend, experiment=experiment, options=options)


def test_a_noise_gain_conforms() -> None:
    gains = np.array([[1.0], [3.0], [2.0], [9.0]])
    check_backend(
        registry.get("fake-ibm"),
        experiment=experiment_of("vqe", knobs=("noise_gain",), knob_values=gains),
        options=RunOptions(shots=1000, seed=2),
    )


def test_the_readmes_module_and_one_registry_line_make_a_backend(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (example,) = blocks("README.md", "python", "backend")
    (tmp_path / "morse_of_the_readme.py").write_text(example)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(registry.BUILTIN, "morse", "morse_of_the_readme:MorseBackend")
    check_backend(registry.get("morse"), experiment=experiment_of("morse"), options=RunOptions())


@pytest.mark.parametrize("name", sorted(registry.BUILTIN))
def test_systems_are_checked_before_an_engine_starts(name: str) -> None:
    backend = registry.get(name)
    method = backend.capabilities.methods[0]
    options = RunOptions(shots=None if backend.capabilities.exact else 100)
    for changes, field in (
        ({"points": POINTS - 0.5}, "/points/0/0"),
        ({"controls": ("angle",)}, "/controls"),
        ({"observables": ("dipole",)}, "/observables/0"),
        ({"system": {**system_of(method), "kind": "x"}}, "/system/kind"),
    ):
        with pytest.raises(ProgramRejected) as rejected:
            backend.check(experiment_of(method, settings=settings_of(name), **changes), options)
        assert rejected.value.field == field


def test_an_unknown_backend_is_named_with_the_known_ones() -> None:
    with pytest.raises(UnknownBackend, match=", ".join(sorted(registry.BUILTIN))):
        registry.get("abacus")


def test_asking_about_every_backend_loads_no_engine() -> None:
    documents = {
        name: system_of(registry.get(name).capabilities.methods[0]) for name in registry.BUILTIN
    }
    settings = {name: settings_of(name) for name in registry.BUILTIN}
    code = f"""
import sys
import numpy as np
from backends import registry, systems
from backends.schema import Experiment, RunOptions
for name, document in {documents!r}.items():
    system = systems.load(document)
    system.check_points([[0.7], [1.2]])
    backend = registry.get(name)
    able = backend.capabilities
    experiment = Experiment(
        system=system.to_dict(), method=able.methods[0],
        controls=(system.controls[0].name,),
        points=np.array([[0.7]]), observables=("energy",), settings={settings!r}[name],
    )
    options = RunOptions(shots=100 if able.max_shots else None)
    backend.check(experiment, options)
    backend.estimate(experiment, options)
print(*(set({ENGINES!r}) & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(registry.BUILTIN))
def test_warming_starts_no_thread(name: str) -> None:
    """Counted by the operating system, since native libraries start threads of their own."""
    code = f"""
import pathlib
from backends import registry
tasks = pathlib.Path("/proc/self/task")
import numpy
before = len(list(tasks.iterdir())) if tasks.exists() else 0
registry.get({name!r}).warm()
print((len(list(tasks.iterdir())) if tasks.exists() else 0) - before)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], env=THREADS, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "0"


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_a_fork_of_a_warm_process_can_run() -> None:
    documents = {name: system_of(registry.get(name).capabilities.methods[0]) for name in LOCAL}
    code = f"""
import os
import signal
import numpy as np
from backends import registry
from backends.schema import Experiment, RunOptions
documents = {documents!r}
backends = {{name: registry.get(name) for name in documents}}
for backend in backends.values():
    backend.warm()
for name, backend in backends.items():
    if not os.fork():
        signal.alarm(30)
        able = backend.capabilities
        experiment = Experiment(
            system=documents[name], method=able.methods[0],
            controls=(documents[name]["controls"][0]["name"],),
            points=np.array([[0.7]]), observables=("energy",),
        )
        options = RunOptions(shots=100 if able.max_shots else None)
        backend.submit(experiment, options, token="t")
        os._exit(0)
    print(os.wait()[1])
"""
    limits = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=limits, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["0"] * len(LOCAL), done.stderr


class _Broken:
    """Wraps a backend and spoils its results in one way."""

    def __init__(self, spoil: Any) -> None:
        self._inner = registry.get("aer")
        self._spoil = spoil

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def submit(self, experiment: Experiment, options: RunOptions, *, token: str) -> Any:
        return self._spoil(self._inner.submit(experiment, options, token=token))


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (lambda r: replace(r, std_errors=r.std_errors / 50), "sigma"),
        (lambda r: replace(r, values=r.values + 1e-6 * np.random.rand()), "one seed"),  # noqa: NPY002
        (lambda r: replace(r, options=replace(r.options, shots=7)), "honoured"),
        (
            lambda r: replace(
                r, values=r.values[:, [0, 0]], std_errors=r.std_errors[:, [0, 0]], mixed_values=None
            ),
            "!=",
        ),
    ],
)
def test_the_kit_catches_a_backend_that_misbehaves(spoil: Any, complaint: str) -> None:
    broken: Any = _Broken(spoil)
    asked = experiment_of("vqe")
    with pytest.raises(AssertionError, match=complaint):
        check_backend(broken, experiment=asked, options=RunOptions(shots=2000, seed=1))
