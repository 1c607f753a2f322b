"""Whether a sampler's draws can be trusted. Shapes use ``R`` for runs and ``N`` for draws of each.

`r_hat` compares the spread between runs with that within them (Gelman and Rubin, Stat. Sci. 7, 457
(1992), of ranks as by Vehtari et al., Bayesian Anal. 16, 667 (2021)).
"""

from __future__ import annotations

import numpy as np

from qtwin.fusion.base import FloatArray


def r_hat(draws: FloatArray) -> FloatArray:
    """Potential scale reduction of each parameter, near 1 where the runs agree, shape ``(K,)``.

    Args:
        draws: Shape ``(R, N, K)``, two runs at least.
    """
    from scipy.special import ndtri
    from scipy.stats import rankdata

    runs, count, width = draws.shape
    ranks = rankdata(draws.reshape(runs * count, width), axis=0)
    normal = ndtri((ranks - 0.375) / (runs * count + 0.25)).reshape(draws.shape)
    within = normal.var(axis=1, ddof=1).mean(axis=0)
    between = normal.mean(axis=1).var(axis=0, ddof=1)
    return np.asarray(np.sqrt(((count - 1) / count * within + between) / within))


def effective_number(draws: FloatArray) -> FloatArray:
    """How many independent draws would know each mean as well, shape ``(K,)``.

    Particles of one run share ancestors; runs are independent. The variance between the means of
    runs says what the ``R N`` draws are worth, at most their number. A handful of runs measures it
    to a factor of two only.

    Args:
        draws: Shape ``(R, N, K)``, two runs at least.
    """
    runs, count, _ = draws.shape
    total = draws.reshape(runs * count, -1).var(axis=0, ddof=1)
    between = draws.mean(axis=1).var(axis=0, ddof=1)
    most = float(runs * count)
    worth = np.divide(runs * total, between, out=np.full(len(total), most), where=between > 0)
    return np.asarray(np.minimum(worth, most))
