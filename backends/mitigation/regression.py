"""A straight line through points whose abscissas are noisy.

``a = S_xy / (S_xx - sum var x_i)``, the moment estimator of Fuller, Measurement Error Models
(1987), section 1.2: the ordinary slope is too flat by the share of noise in ``S_xx``. Shapes use
``M`` for points.
"""

from __future__ import annotations

from dataclasses import dataclass

from backends.schema.experiment import FloatArray

TOLD_APART = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """``y = level + slope (x - centre)``.

    Attributes:
        spread: Sum of the squared distances of the true abscissas from the centre.
        residual: Variance of the points about the line.
        points: Number of them.
    """

    slope: float
    centre: float
    level: float
    spread: float
    residual: float
    points: int

    @classmethod
    def through(cls, x: FloatArray, y: FloatArray, variances: FloatArray) -> Line | None:
        """The line, or None where the abscissas differ by little more than their noise.

        Args:
            variances: Of the abscissas.
        """
        away, up = x - x.mean(), y - y.mean()
        spread, noise = float(away @ away), float(variances.sum()) * (1 - 1 / len(x))
        if spread < TOLD_APART * noise:
            return None
        slope = float(away @ up) / (spread - noise)
        residuals = up - slope * away
        return cls(
            slope=slope,
            centre=float(x.mean()),
            level=float(y.mean()),
            spread=spread - noise,
            residual=float(residuals @ residuals) / (len(x) - 2),
            points=len(x),
        )

    def at(self, x: float, variance: float) -> tuple[float, float]:
        """Ordinate at a noisy abscissa, and its variance."""
        away = x - self.centre
        learned = self.residual * (1 / self.points + away**2 / self.spread)
        return self.level + self.slope * away, self.slope**2 * variance + learned
