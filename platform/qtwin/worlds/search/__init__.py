"""Search worlds: which source to ask, where and with how many shots, to find a place of a curve.

The twin is the world. Each episode's truth, and what every source would answer, is one coherent
draw of its posterior; asking costs what runs cost.
"""

from __future__ import annotations

from qtwin.worlds.search.goal import Goal, Kind
from qtwin.worlds.search.way import Way
from qtwin.worlds.search.world import SearchWorld

__all__ = ["Goal", "Kind", "SearchWorld", "Way"]
