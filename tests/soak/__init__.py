"""A team works for half an hour while what computes for it is killed: ``python -m tests.soak``."""
