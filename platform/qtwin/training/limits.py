"""How much one team may ask of the workers that train."""

from __future__ import annotations

MOST_OPEN_RUNS = 20
"""Training runs of a team that have not ended."""
MOST_OPEN = 50
"""Of worlds, evaluations, reports and loops each."""
MOST_EVALUATIONS = 10_000_000
MOST_SECONDS = 24 * 3600.0
MOST_CRASHES = 3
"""Workers in a row that die with it before it is given up."""
MOST_ROUNDS = 20
"""Of a loop."""
DOCUMENT_BYTES = 64 * 1024
POLICY_BYTES = 2**20
"""As much as a request may hold at all."""
CHECKPOINT_BYTES = 64 * 2**20
CURVE_ROWS = 20_000
