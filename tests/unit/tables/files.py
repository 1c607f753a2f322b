"""A small correct set of files that tests change."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

SPEC: dict[str, Any] = {
    "controls": [{"name": "r", "bounds": [0.5, 3.0], "unit": "angstrom"}],
    "observable": {"name": "energy", "unit": "hartree", "variational": True},
    "sources": {
        "fci": {"role": "reference", "cost": 100},
        "mp2": {"role": "approximation"},
        "dmrg": {"role": "approximation", "knobs": {"bond": {"limit": "inf", "order": 2}}},
        "qpu": {
            "role": "device",
            "knobs": {"gain": {"limit": 0}, "step": {"limit": 0, "kind": "discrepancy"}},
            "cost": {"per_run": 2, "per_shot": 0.001},
        },
    },
}

DATA = """\
source,r,bond,gain,step,value,std,group
fci,0.8,,,,-1.0,0,
fci,2.0,,,,-0.9,0,
mp2,0.8,,,,-0.98,0,
mp2,1.5,,,,-0.97,0,
dmrg,1.0,8,,,-1.02,0,
dmrg,1.0,inf,,,-1.03,0,
qpu,1.0,,1,0.1,-0.7,0.01,a
qpu,1.2,,1,0.1,-0.68,0.01,a
qpu,1.0,,2,0.2,-0.5,0.02,b
"""

COV = """\
group,row,other,covariance
a,7,8,0.00005
a,7,7,0.0001
"""

POINTS = "r\n0.6\n1.1\n"


TEXTS = {"spec": json.dumps(SPEC, indent=1), "data": DATA, "cov": COV, "points": POINTS}


def changed(file: str, old: str, new: str | None) -> str | None:
    """The text of a file with its first ``old`` replaced; another text where there is no old."""
    if not old or new is None:
        return new
    assert old in TEXTS[file]
    return TEXTS[file].replace(old, new, 1)


def write(folder: Path, **other: str | None) -> dict[str, str]:
    """Write the files, some changed; returns their paths by name: spec, data, cov, points."""
    ends = {"spec": "json", "data": "csv", "cov": "csv", "points": "csv"}
    paths = {}
    for name, text in {**TEXTS, **other}.items():
        path = folder / f"{name}.{ends[name]}"
        if text is not None:
            path.write_bytes(text.encode("utf-8", "surrogateescape"))
        paths[name] = str(path)
    return paths
