"""Repairs against published and hand-made matrices, and what they do to predictions."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from qtwin.qml.effect import effect_on_classification, effect_on_regression
from qtwin.qml.machine import classify, regress
from qtwin.qml.repair import METHODS, repair

HIGHAM = np.array([[1.0, 1.0, 0.0], [1.0, 1.0, 1.0], [0.0, 1.0, 1.0]])
"""The example of the paper, with its nearest correlation matrix to four digits."""
NEAREST = np.array([[1.0, 0.7607, 0.1573], [0.7607, 1.0, 0.7607], [0.1573, 0.7607, 1.0]])
X = np.linspace(-2, 2, 12)
NEW = np.array([-1.3, 0.1, 1.7])


def _kernel(noise: float) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(4)
    exact = np.exp(-(np.subtract.outer(X, X) ** 2) / 2)
    error = noise * rng.normal(size=exact.shape)
    between = np.exp(-(np.subtract.outer(NEW, X) ** 2) / 2)
    return exact + (error + error.T) / 2, between


def test_the_nearest_correlation_is_the_published_one() -> None:
    found = repair(HIGHAM, "correlation")
    assert found.kernel == pytest.approx(NEAREST, abs=1e-4)
    assert found.change == pytest.approx(0.5278, abs=1e-4)


def test_clipping_and_shifting_do_what_the_spectrum_says() -> None:
    lowest = 1 - np.sqrt(2)
    clipped, shifted = repair(HIGHAM, "clip"), repair(HIGHAM, "shift")
    assert clipped.negative == 1
    assert clipped.lowest == pytest.approx(lowest)
    assert clipped.change == pytest.approx(-lowest)
    assert shifted.change == pytest.approx(-lowest * np.sqrt(3))
    assert shifted.relative_change == pytest.approx(-lowest * np.sqrt(3) / np.sqrt(7))
    assert shifted.kernel - HIGHAM == pytest.approx(-lowest * np.eye(3))


@pytest.mark.parametrize("method", METHODS)
def test_every_repair_leaves_no_negative_eigenvalue_and_a_good_kernel_alone(method: str) -> None:
    noisy, _ = _kernel(0.1)
    assert np.linalg.eigvalsh(noisy).min() < -0.05
    assert np.linalg.eigvalsh(repair(noisy, method).kernel).min() > -1e-9
    good = np.array([[1.0, 0.5], [0.5, 1.0]])
    assert repair(good, method).kernel == pytest.approx(good)
    assert repair(good, method).negative == 0


def test_clipping_takes_new_rows_along() -> None:
    noisy, _ = _kernel(0.1)
    clipped = repair(noisy, "clip")
    assert clipped.others(noisy) == pytest.approx(clipped.kernel)
    assert repair(noisy, "shift").others(noisy) == pytest.approx(noisy)


def test_the_effect_on_a_regression_is_its_change() -> None:
    noisy, between = _kernel(0.1)
    clipped, y = repair(noisy, "clip"), np.sin(X)
    found = effect_on_regression(noisy, clipped, y, between, ridge=0.1)
    repaired = regress(clipped.kernel, y, clipped.others(between), ridges=(0.1,)).values
    raw = y.mean() + between @ np.linalg.inv(noisy + 0.1 * np.eye(12)) @ (y - y.mean())
    assert found.largest == pytest.approx(np.abs(repaired - raw).max())
    assert found.rms == pytest.approx(np.sqrt(np.mean((repaired - raw) ** 2)))
    good = repair(_kernel(0.0)[0], "shift")
    assert effect_on_regression(_kernel(0.0)[0], good, y, between, ridge=0.1).largest < 1e-6


def test_the_effect_on_a_classification_counts_new_labels() -> None:
    noisy, between = _kernel(0.3)
    labels = (X > 0).astype(np.int64)
    clipped = repair(noisy, "clip")
    found = effect_on_classification(noisy, clipped, labels, between, penalties=(1.0,))
    before = classify(noisy, labels, between, penalties=(1.0,)).labels
    after = classify(clipped.kernel, labels, clipped.others(between), penalties=(1.0,)).labels
    assert found.relabelled == np.sum(before != after)
    assert found.rms > 0


def test_machines_learn_a_threshold_and_a_curve() -> None:
    kernel, between = _kernel(0.0)
    assert classify(kernel, (X > 0).astype(np.int64), between).labels.tolist() == [0, 1, 1]
    assert regress(kernel, np.sin(X), between).values == pytest.approx(np.sin(NEW), abs=0.02)


@pytest.mark.parametrize(
    ("kernel", "method", "message"),
    [
        (HIGHAM, "flip", "repair 'flip'; allowed: clip, shift, correlation"),
        (np.array([[1.0, 0.2], [0.3, 1.0]]), "clip", "allowed: a symmetric matrix"),
    ],
)
def test_what_cannot_be_repaired_is_refused(kernel: np.ndarray, method: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        repair(kernel, method)


def test_wrong_shapes_and_one_label_are_refused() -> None:
    kernel, between = _kernel(0.0)
    with pytest.raises(ValueError, match="allowed: both 0 and 1"):
        classify(kernel, np.zeros(12, dtype=np.int64), between)
    with pytest.raises(ValueError, match="allowed: \\(12, 12\\), \\(M, 12\\)"):
        regress(kernel, np.sin(X), between.T)


def test_no_module_imports_the_library_and_its_absence_is_told() -> None:
    code = (
        "import sys, pkgutil, importlib, qtwin.qml as q\n"
        "names = [f'qtwin.qml.{m.name}' for m in pkgutil.iter_modules(q.__path__)]\n"
        "for name in names: importlib.import_module(name)\n"
        "assert 'sklearn' not in sys.modules and 'qiskit' not in sys.modules\n"
        "from qtwin.qml import library; library.find_spec = lambda name: None\n"
        "try: library.learn('svm')\n"
        "except library.MissingLibrary as error: print(error)\n"
    )
    said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert said.stdout.strip().endswith("pip install 'qtwin[qml]'")
