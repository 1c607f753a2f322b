"""``qtwin backends`` and ``qtwin methods``: what there is and what each can do."""

from __future__ import annotations

import argparse
import json
from typing import Any

from backends import registry
from backends.setting import allowed_values

HINT = "knobs and settings: qtwin backends NAME; everything: qtwin backends --json"


def add(commands: Any) -> None:
    """Add the commands to a parser."""
    parser = commands.add_parser("backends", help="list backends and what they can do")
    parser.add_argument("name", nargs="?", metavar="NAME", help="one backend in full")
    parser.set_defaults(run=backends)
    parser.add_argument("--json", action="store_true", dest="as_json", help="as JSON")
    parser = commands.add_parser("methods", help="list methods and the backends that have them")
    parser.add_argument("--json", action="store_true", dest="as_json", help="as JSON")
    parser.set_defaults(run=methods)


def backends(given: argparse.Namespace) -> None:
    """Print every backend in short, or one with its knobs and settings.

    Raises:
        UnknownBackend: There is none of this name.
    """
    names = registry.names()
    if given.name:
        row = _backend(given.name)
        print(json.dumps(row, indent=2) if given.as_json else _full(row))  # noqa: T201
    elif given.as_json:
        print(json.dumps([_backend(name) for name in names], indent=2))  # noqa: T201
    else:
        plain = [_line(_backend(name)) for name in names if "+" not in name]
        print("\n".join([*plain, "", _mitigated(), HINT]))  # noqa: T201


def methods(given: argparse.Namespace) -> None:
    """Print every method with its backends."""
    table: dict[str, list[str]] = {}
    for name in registry.names():
        for method in registry.get(name).capabilities.methods:
            table.setdefault(method, []).append(name)
    if given.as_json:
        print(json.dumps(table, indent=2))  # noqa: T201
        return
    for method, names in sorted(table.items()):
        print(f"{method:<14} {', '.join(name for name in names if '+' not in name)}")  # noqa: T201


def _line(row: dict[str, Any]) -> str:
    return f"{row['name']:<12} {row['title']}: {', '.join(row['methods'])} ({_answers(row)})"


def _answers(row: dict[str, Any]) -> str:
    if not row["max_shots"]:
        return "no shots"
    shots = f"1 to {row['max_shots']} shots"
    return f"without shots, or {shots}" if row["exact"] else shots


def _mitigated() -> str:
    techniques = ", ".join(registry.TECHNIQUES)
    return f"error mitigation, such as zne+fake-ibm or zne+readout+aer: {techniques}, dd"


def _full(row: dict[str, Any]) -> str:
    knobs = [f"  --set {name}=…  {low:g} to {high:g}" for name, (low, high) in row["knobs"].items()]
    settings = [f"  --setting {name}=…  {_said(how)}" for name, how in row["settings"].items()]
    return "\n".join([_line(row), *knobs, *settings])


def _said(allowed: list[Any] | dict[str, float] | None) -> str:
    if isinstance(allowed, dict):
        return f"{allowed['lower']:.10g} to {allowed['upper']:.10g}"
    return ", ".join(map(str, allowed or ["see docs/sources.md"]))


def _backend(name: str) -> dict[str, Any]:
    backend = registry.get(name)
    able = backend.capabilities
    return {
        "name": name,
        "title": backend.title or name,
        "methods": list(able.methods),
        "max_shots": able.max_shots,
        "exact": able.exact,
        "paid": able.paid,
        "knobs": {knob: [low, high] for knob, low, high in able.knobs},
        "settings": {key: allowed_values(allowed) for key, allowed in able.settings},
    }
