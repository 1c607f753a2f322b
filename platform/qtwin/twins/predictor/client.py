"""The web's side of the predictor process: started when first needed, restarted when it dies."""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import threading
from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any

from qtwin.fusion.base import IntArray
from qtwin.fusion.threads import ONE_THREAD
from qtwin.projects.storage import store
from qtwin.twins.evidence import Evidence, evidence_of_fit
from qtwin.twins.models import TwinFit
from qtwin.twins.predictor.document import document

KEPT = 16
"""Curves that a process keeps."""
GIVE_BACK = {"MALLOC_MMAP_THRESHOLD_": str(2**20)}
"""To glibc: what a large array took goes back to the system with it. It halves what is held."""


class PredictorFailed(Exception):
    """The predictor could not answer; the message is for the log."""


class Predictor:
    """One predictor process behind a lock."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """Send one request; a process that died is replaced once.

        Raises:
            PredictorFailed: If it could not answer.
        """
        line = json.dumps(request) + "\n"
        with self._lock:
            reply = self._exchange(line) or self._exchange(line)
        if not reply:
            raise PredictorFailed("the predictor process does not stay up")
        document: dict[str, Any] = json.loads(reply)
        if "error" in document:
            raise PredictorFailed(document["error"])
        answer: dict[str, Any] = document["ok"]
        return answer

    def stop(self) -> None:
        """End the process, if there is one."""
        if self._process is not None:
            with self._process as process:  # closes the pipes and waits
                process.kill()
            self._process = None

    def _exchange(self, line: str) -> str:
        if self._process is None or self._process.poll() is not None:
            self.stop()
            self._process = subprocess.Popen(
                [sys.executable, "-m", "qtwin.twins.predictor.serve"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                env={**os.environ, **ONE_THREAD, **GIVE_BACK},
            )
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            return ""
        try:
            stdin.write(line)
            stdin.flush()
            return stdout.readline()
        except BrokenPipeError:
            return ""


_quick, _drawing, _slow = Predictor(), Predictor(), Predictor()


@atexit.register
def close() -> None:
    """End the predictor processes; the next prediction starts another one."""
    for predictor in (_quick, _drawing, _slow):
        predictor.stop()


def predict(fit: TwinFit, points: Sequence[Sequence[float]]) -> dict[str, Any]:
    """Belief at ``points``, shape (M, C), from a stored fit."""
    return _quick.ask({"path": _path(fit), "points": list(map(list, points))})


def predict_trusted(fit: TwinFit, points: Sequence[Sequence[float]]) -> dict[str, Any]:
    """The same with ``trust``: how far each can be trusted, see ``fusion.questions.trust``.

    Whoever gets an answer shares it: it is not to be changed.
    """
    return _trusted(_path(fit), tuple(map(tuple, points)))


@lru_cache(maxsize=KEPT)
def _trusted(path: str, points: tuple[tuple[float, ...], ...]) -> dict[str, Any]:
    """Kept, as a page and its chart ask for the same curve, and a stored fit never changes."""
    return _quick.ask({"path": path, "points": points, "trust": True})


def reliability(fit: TwinFit) -> dict[str, Any]:
    """What the fit says of each reference, and of each doubtful measurement, from all others."""
    return _quick.ask({"path": _path(fit), "reliability": True})


def predict_without(
    fit: TwinFit, points: Sequence[Sequence[float]], without: Collection[str]
) -> dict[str, Any]:
    """Belief had the named sources never existed: fits the version's other evidence anew.

    Slow, so it has a process of its own.

    Raises:
        NoEvidence: If no other source has measured anything.
    """
    return _slow.ask({**_model(fit, without), "points": list(map(list, points))})


def question(
    fit: TwinFit,
    asked: dict[str, Any],
    *,
    without: Collection[str] = (),
    other: TwinFit | None = None,
) -> dict[str, Any]:
    """Answer a question of ``predictor.questions`` by a stored fit, or one without some sources.

    Draws take longer than a prediction, so they have a process of their own and pages never wait.

    Raises:
        NoEvidence: If no other source has measured anything.
    """
    request: dict[str, Any] = {"question": asked, **_model(fit, without)}
    if other is not None:
        request["other"] = _model(other, without)
    return (_slow if without else _drawing).ask(request)


def plan(fit: TwinFit, asked: dict[str, Any], *, without: Collection[str] = ()) -> dict[str, Any]:
    """What to measure next, see ``predictor.planning``; slow, so no prediction waits for it."""
    return _slow.ask({"plan": asked, **_model(fit, without)})


def side(fit: TwinFit, evidence: Evidence, blocks: Sequence[IntArray]) -> dict[str, Any]:
    """One side of a comparison: a stored fit, its evidence, and rows that only it has."""
    return {
        "path": _path(fit),
        "data": document(evidence.observations(), fit.version.seed),
        "blocks": [rows.tolist() for rows in blocks],
    }


def compare(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """How two stored fits differ, see ``fusion.questions.difference``."""
    return _drawing.ask({"compare": {"before": before, "after": after}})


def influence(
    fit: TwinFit, evidence: Evidence, rows: Sequence[int], point: Sequence[float]
) -> dict[str, Any]:
    """Belief at a point, shape (C,), with and without some rows of the fit's evidence."""
    data = document(evidence.observations(), fit.version.seed)
    asked = {"data": data, "rows": list(rows), "point": list(point)}
    return _drawing.ask({"influence": asked, "path": _path(fit)})


def _model(fit: TwinFit, without: Collection[str]) -> dict[str, Any]:
    if not without:
        return {"path": _path(fit)}
    data = evidence_of_fit(fit, without=without).observations()
    return {"fit": document(data, fit.version.seed)}


def _path(fit: TwinFit) -> str:
    return str(store().local(fit.artifact.sha256))
