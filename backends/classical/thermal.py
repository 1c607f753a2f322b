"""Thermal averages over all levels, ``exp(-H / T) / Z`` with k_B = 1."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from backends.classical.diagonalization import Spectrum, all_levels
from backends.classical.sparse import matrix
from backends.schema.experiment import FloatArray
from backends.systems.pauli import PauliSum
from backends.systems.projector import Measurable

MAX_QUBITS = 12


class ThermalState:
    """All levels of a Hamiltonian, from which any temperature is read."""

    def __init__(self, hamiltonian: PauliSum) -> None:
        self._spectrum = all_levels(hamiltonian)

    def at(self, temperature: float) -> Ensemble:
        """The thermal state at a temperature above 0, in the Hamiltonian's unit."""
        return Ensemble(spectrum=self._spectrum, temperature=temperature)


@dataclass(frozen=True, kw_only=True, eq=False)
class Ensemble:
    """Levels with their Boltzmann weights."""

    spectrum: Spectrum
    temperature: float

    @property
    def free_energy(self) -> float:
        """``-T log Z``."""
        return self.spectrum.energy - self.temperature * float(np.log(self._sum))

    @property
    def heat_capacity(self) -> float:
        """Variance of the energy over the temperature squared."""
        above = self.spectrum.levels - self.spectrum.energy
        weights = np.exp(-above / self.temperature) / self._sum
        return float(weights @ (above - weights @ above) ** 2) / self.temperature**2

    def expectation(self, operator: Measurable) -> float:
        """Mean of an operator."""
        found = matrix(operator)
        return sum(
            float(self._factors(sector.levels) @ sector.means(found)) / self._sum
            for sector in self.spectrum.sectors
        )

    @cached_property
    def _sum(self) -> float:
        return float(self._factors(self.spectrum.levels).sum())

    def _factors(self, levels: FloatArray) -> FloatArray:
        factors: FloatArray = np.exp(-(levels - self.spectrum.energy) / self.temperature)
        return factors
