"""Circuits: in moments, a part of a large one at a time."""
