"""Learners: how the parameters of a policy are found in a world.

``qtwin.worlds.learners.train`` has ``train``; this package names the kinds and reads documents
without loading anything heavy.
"""

from qtwin.worlds.learners.document import KINDS, Plan, read_plan

__all__ = ["KINDS", "Plan", "read_plan"]
