"""Reads what the child left behind. The child is not trusted: its answer is checked like input."""

from __future__ import annotations

import json
import signal
from typing import Any

from backends.schema import Result
from workers.sandbox.child import EXIT_MEMORY, EXIT_OUTPUT, TEXT_LIMIT
from workers.sandbox.values import (
    MIB,
    Crashed,
    Finished,
    Limits,
    Malformed,
    Outcome,
    Rejected,
    Unavailable,
)


def outcome_of(reply: dict[str, Any], answer: bytes, limits: Limits) -> Outcome:
    """Turn the child's end and its answer into an outcome."""
    code, cpu_s = int(reply["code"]), float(reply["cpu_s"])
    if code != 0:
        return _crashed(_reason(code, cpu_s, limits), limits)
    try:
        return _parsed(json.loads(answer, parse_constant=_refuse), cpu_s)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        return Crashed(
            reason="output", message="The backend's answer is malformed.", detail=repr(error)[:500]
        )


def _parsed(document: dict[str, Any], cpu_s: float) -> Outcome:
    if document["ok"] is True:
        return Finished(result=Result.from_dict(document["result"]), cpu_s=cpu_s)
    message = str(document["message"])[:TEXT_LIMIT]
    detail = str(document.get("detail", ""))[: 2 * TEXT_LIMIT]
    match document["error"]:
        case "rejected":
            return Rejected(message=message, field=str(document.get("field", ""))[:TEXT_LIMIT])
        case "unavailable":
            return Unavailable(message=message)
        case "malformed":
            return Malformed(message=message, detail=detail)
        case "crashed":
            return Crashed(reason="exception", message=message, detail=detail)
    raise ValueError("unknown error kind")


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def _reason(code: int, cpu_s: float, limits: Limits) -> str:
    """Why a child ended; nothing but its limits, or a shortage, sends it SIGKILL."""
    if code == -signal.SIGKILL:
        return "cpu" if cpu_s >= 0.9 * limits.cpu_s else "memory"
    known = {
        EXIT_MEMORY: "memory",
        EXIT_OUTPUT: "output",
        -signal.SIGXFSZ: "output",
        -signal.SIGXCPU: "cpu",
    }
    return known.get(code, f"signal {-code}" if code < 0 else f"exit {code}")


def _crashed(reason: str, limits: Limits) -> Crashed:
    sentences = {
        "memory": f"Needs more memory than the limit of {limits.memory_bytes // MIB} MiB.",
        "cpu": f"Used up its limit of {limits.cpu_s:g} CPU seconds.",
        "output": f"Its result is larger than the limit of {limits.output_bytes // MIB} MiB.",
    }
    return Crashed(reason=reason, message=sentences.get(reason, f"The backend ended: {reason}."))
