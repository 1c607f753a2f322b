"""Runs of ``qtwin fuse`` on small data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qtwin.client.main import main
from tests.unit.tables.files import write

SMALL: dict[str, Any] = {
    "controls": [{"name": "x", "bounds": [0, 1], "unit": "J"}],
    "observable": {"name": "value"},
    "sources": {
        "exact": {"role": "reference"},
        "cheap": {"role": "approximation"},
        "qpu": {"role": "device", "mixed_value": 0},
    },
}
HEAD = "source,x,value,std\n"


def small(folder: Path, rows: list[str], spec: dict[str, Any] = SMALL) -> dict[str, str]:
    """Files with these rows of data, predicted at three points."""
    names = ",".join(control["name"] for control in spec["controls"])
    width = len(spec["controls"])
    points = "\n".join(",".join([value] * width) for value in ("0", "0.3", "1"))
    data = HEAD.replace("x", names, 1) + "\n".join(rows)
    return write(folder, spec=json.dumps(spec), data=data, points=f"{names}\n{points}\n", cov=None)


def fused(paths: dict[str, str], capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """The document of a run without COV.csv."""
    files = ["--spec", paths["spec"], "--at", paths["points"]]
    assert main(["fuse", paths["data"], *files, "--json"]) == 0
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


def column(document: dict[str, Any], name: str) -> np.ndarray:
    return np.array([row[name] for row in document["predictions"]])
