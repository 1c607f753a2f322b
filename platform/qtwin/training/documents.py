"""What is checked of documents before a worker reads them, with nothing heavy.

A control world's is read to the end. The others also need what a worker loads.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from backends.errors import ProgramRejected
from qtwin.training.limits import DOCUMENT_BYTES
from qtwin.worlds.documents import load
from qtwin.worlds.learners import read_plan

KINDS = ("control", "search", "mitigation")
LEARNERS = ("cma_es", "bayesian", "grape", "ppo", "sac", "random")


def check_document(document: Mapping[str, Any]) -> str:
    """The kind of a world.

    Raises:
        ProgramRejected: Its field is a pointer below ``/document``.
    """
    size = len(json.dumps(document))
    if size > DOCUMENT_BYTES:
        raise ProgramRejected(f"{size} bytes; allowed: at most {DOCUMENT_BYTES}", field="/document")
    kind = _one_of(document.get("kind"), KINDS, "/document/kind")
    if kind == "control":
        try:
            load(document)
        except ProgramRejected as error:
            error.field = f"/document{error.field}"
            raise
    return kind


def check_learner(learner: Mapping[str, Any]) -> None:
    """Refuse a learner's document with a wrong kind or hyperparameter.

    Raises:
        ProgramRejected: Its field is a pointer below ``/learner``.
    """
    size = len(json.dumps(learner))
    if size > DOCUMENT_BYTES:
        raise ProgramRejected(f"{size} bytes; allowed: at most {DOCUMENT_BYTES}", field="/learner")
    try:
        read_plan(learner)
    except ProgramRejected as error:
        error.field = f"/learner{error.field}"
        raise


def _one_of(value: Any, allowed: tuple[str, ...], at: str) -> str:
    if value not in allowed:
        raise ProgramRejected(f"{value!r}; allowed: {', '.join(allowed)}", field=at)
    return str(value)
