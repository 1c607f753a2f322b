"""Jobs under kill -9 of everything: ``python -m tests.faults.chaos``."""
