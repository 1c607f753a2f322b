"""Modules that a process imports when it first uses them.

Much of what the web process imports can compute, and so begins with ``import numpy as np``. What
people mostly ask for, lists and pages, computes nothing: after `defer` such an import costs nothing
until something of numpy is used.
"""

from __future__ import annotations

import importlib
import sys
import threading
from types import ModuleType
from typing import Any

_lock = threading.Lock()


class Deferred(ModuleType):
    """Stands for a module, which is imported when something of it is first asked for."""

    def __getattr__(self, attribute: str) -> Any:
        name = self.__name__
        with _lock:
            if sys.modules.get(name) is self:
                del sys.modules[name]
        module = importlib.import_module(name)
        self.__dict__.update(vars(module))
        return getattr(module, attribute)


def defer(name: str) -> None:
    """Let the next ``import name`` be of no cost; without effect if it is imported already."""
    sys.modules.setdefault(name, Deferred(name))
