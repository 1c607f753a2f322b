"""Figures of an earlier run that this one need not measure again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.benchmarks.bars.catalogue import bars
from tests.benchmarks.bars.record import Row

SAME = ("commit", "versions")
OF_MACHINE = ("cpu", "cores", "system")


class Unlike(Exception):
    """The earlier run measured something else."""


def earlier(path: Path, facts: Mapping[str, Any]) -> tuple[list[Row], list[dict[str, Any]]]:
    """What the document has measured, and the runs in which it did.

    Args:
        facts: Of this run.

    Raises:
        Unlike: If there is no such document, or it is of another commit, machine or version.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Unlike(f"no earlier run to go on with: {path}: {error}") from error
    pairs = [(name, document[name], facts[name]) for name in SAME]
    pairs += [(name, document["machine"][name], facts["machine"][name]) for name in OF_MACHINE]
    for name, before, now in pairs:
        if before != now:
            raise Unlike(f"{path} has another {name}: {before}; now it is {now}")
    if str(facts["commit"]).endswith("+"):
        raise Unlike("the source was changed since its commit: commit, or begin anew")
    known, rows = bars(), []
    for told in document["bars"]:
        if told["value"] is not None and told["name"] in known:
            bar = replace(known[told["name"]], at_most=told["at_most"], at_least=told["at_least"])
            rows.append(Row(part=told["part"], bar=bar, value=told["value"], note=told["note"]))
    run = {name: document[name] for name in ("started_at", "seconds")}
    return rows, [*document.get("earlier", []), run]
