"""Which parts answer, and what runs."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import Metric

import qtwin
from qtwin.health.parts import PARTS
from qtwin.metrics.known.family import Family, Sample

PART = Family(
    name="qtwin_part_up",
    about="1 while the part does its work: database, artifacts, broker",
    labels=("part",),
)
BUILD = Family(name="qtwin_build_info", about="Always 1, for its version", labels=("version",))


def read() -> Iterator[Metric]:
    yield BUILD.of([((qtwin.__version__,), 1.0)])
    yield PART.of(_parts())


def _parts() -> Iterator[Sample]:
    for part in PARTS:
        yield (part.name,), 0.0 if part.problem() else 1.0
