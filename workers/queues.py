"""Which queue carries what, and how long a hint stays worth hearing."""

JOBS = "jobs"
TWIN = "twin"
IO = "io"
TRAIN = "train"
"""Of what takes minutes or hours; its workers do nothing else."""

HINT_LIFETIME_S = 60
"""A hint that nobody heard by then is dropped; the sweeper gives a fresh one."""
