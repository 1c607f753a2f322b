"""The tables of an archive, in the order in which they are read.

People, hosts, budgets and vendor tokens stay behind. A link is written as the key of the row that
it points at: its id, or its name for observables.
"""

from qtwin.archives.tables.job import (
    ATTEMPTS,
    EVENTS,
    FAILURES,
    JOBS,
    MEASUREMENTS,
    REUSES,
    RUNS,
    VALIDITY,
)
from qtwin.archives.tables.project import (
    ARTIFACTS,
    CONTROLS,
    DATASETS,
    OBSERVABLES,
    REVISIONS,
    SOURCES,
)
from qtwin.archives.tables.table import Table
from qtwin.archives.tables.twin import FITS, VERSIONS

__all__ = [
    "ARTIFACTS",
    "CONTROLS",
    "DATASETS",
    "FITS",
    "JOBS",
    "MEASUREMENTS",
    "OBSERVABLES",
    "REVISIONS",
    "SOURCES",
    "TABLES",
    "VALIDITY",
    "VERSIONS",
    "Table",
]

TABLES = (
    *(CONTROLS, OBSERVABLES, SOURCES, REVISIONS, DATASETS, ARTIFACTS, JOBS, ATTEMPTS, FAILURES),
    *(EVENTS, RUNS, MEASUREMENTS, VALIDITY, REUSES, VERSIONS, FITS),
)
"""Each table points only into those before it; exports read them backwards, so that what a row
points at is there although others write meanwhile."""
