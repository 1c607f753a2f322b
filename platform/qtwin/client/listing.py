"""``qtwin backends`` and ``qtwin methods``: what there is and what each can do."""

from __future__ import annotations

import argparse
import json
from typing import Any

from backends import registry
from backends.base import allowed_values


def add(commands: Any) -> None:
    """Add the commands to a parser."""
    for name, run, text in (
        ("backends", backends, "list backends and what they can do"),
        ("methods", methods, "list methods and the backends that have them"),
    ):
        parser = commands.add_parser(name, help=text)
        parser.add_argument("--json", action="store_true", dest="as_json")
        parser.set_defaults(run=run)


def backends(given: argparse.Namespace) -> None:
    rows = [_backend(name) for name in registry.names()]
    if given.as_json:
        print(json.dumps(rows, indent=2))  # noqa: T201
        return
    for row in rows:
        shots = f"1 to {row['max_shots']} shots" if row["max_shots"] else "no shots"
        exact = "exact, " if row["exact"] else ""
        print(f"{row['name']:<10} {row['title']}: {', '.join(row['methods'])} ({exact}{shots})")  # noqa: T201
        for knob, (low, high) in row["knobs"].items():
            print(f"{'':<10} --set {knob}=…  {low:g} to {high:g}")  # noqa: T201
        for setting, allowed in row["settings"].items():
            print(f"{'':<10} --setting {setting}=…  {_said(allowed)}")  # noqa: T201


def methods(given: argparse.Namespace) -> None:
    table: dict[str, list[str]] = {}
    for name in registry.names():
        for method in registry.get(name).capabilities.methods:
            table.setdefault(method, []).append(name)
    if given.as_json:
        print(json.dumps(table, indent=2))  # noqa: T201
        return
    for method, names in sorted(table.items()):
        print(f"{method:<12} {', '.join(names)}")  # noqa: T201


def _said(allowed: list[Any] | dict[str, float] | None) -> str:
    if isinstance(allowed, dict):
        return f"{allowed['lower']:g} to {allowed['upper']:g}"
    return ", ".join(map(str, allowed or ["any"]))


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
