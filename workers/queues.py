"""Which queue carries what, and how long a hint stays worth hearing."""

JOBS = "jobs"
TWIN = "twin"
IO = "io"

HINT_LIFETIME_S = 60
"""A hint that nobody heard by then is dropped; the sweeper gives a fresh one."""
