"""Seeds of a job's parts."""

from __future__ import annotations

import numpy as np


def chunk_seed(job_seed: int, first_row: int) -> int:
    """Chunks draw independent shots, and a chunk that is run again draws the same ones."""
    state = np.random.SeedSequence([job_seed, first_row]).generate_state(1)
    return int(state[0]) >> 1
