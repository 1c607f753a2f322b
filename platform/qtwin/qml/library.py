"""scikit-learn, imported when it is first needed: it is an extra, and heavy."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

MISSING = "the package scikit-learn is not installed; pip install 'qtwin[qml]'"


class MissingLibrary(Exception):
    """What is asked needs a package that is not installed; the message says which."""


def learn(module: str) -> Any:
    """A module of scikit-learn, such as ``svm``.

    Raises:
        MissingLibrary: It is not installed.
    """
    if find_spec("sklearn") is None:
        raise MissingLibrary(MISSING)
    return import_module(f"sklearn.{module}")
