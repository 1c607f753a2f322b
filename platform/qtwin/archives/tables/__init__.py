"""The tables of an archive, in the order in which they are read.

People, hosts, budgets and vendor tokens stay behind. A link is written as the key of the row that
it points at: its id, or its name for observables.
"""

from qtwin.archives.tables.campaign import (
    CAMPAIGN_RUNS,
    CAMPAIGNS,
    DECISIONS,
    ENTRIES,
    RETRIES,
    SCHEDULES,
    STEPS,
)
from qtwin.archives.tables.comment import COMMENTS, NOTES
from qtwin.archives.tables.job import (
    ATTEMPTS,
    CALIBRATIONS,
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
    "CALIBRATIONS",
    "CAMPAIGNS",
    "CAMPAIGN_RUNS",
    "COMMENTS",
    "CONTROLS",
    "DATASETS",
    "DECISIONS",
    "ENTRIES",
    "FITS",
    "JOBS",
    "MEASUREMENTS",
    "NOTES",
    "OBSERVABLES",
    "REVISIONS",
    "SCHEDULES",
    "SOURCES",
    "STEPS",
    "TABLES",
    "VALIDITY",
    "VERSIONS",
    "Table",
    "tables_of",
]

TABLES = (
    *(CONTROLS, OBSERVABLES, SOURCES, REVISIONS, DATASETS, ARTIFACTS, JOBS, ATTEMPTS, FAILURES),
    *(EVENTS, RUNS, CALIBRATIONS, MEASUREMENTS, VALIDITY, REUSES, VERSIONS, FITS),
    *(SCHEDULES, CAMPAIGNS, STEPS, DECISIONS, ENTRIES, CAMPAIGN_RUNS, RETRIES),
    *(COMMENTS, NOTES),
)
"""Each table points only into those before it; exports read them backwards, so that what a row
points at is there although others write meanwhile."""


def tables_of(form: int) -> list[Table]:
    """The tables that an archive of some format has."""
    return [table.at(form) for table in TABLES if table.since <= form]
