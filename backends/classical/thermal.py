"""Thermal averages over all levels, ``exp(-H / T) / Z`` with k_B = 1."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from backends.classical.basis import Indices
from backends.classical.diagonalization import Spectrum, all_levels
from backends.schema.experiment import FloatArray
from backends.systems.pauli import PauliSum
from backends.systems.projector import Measurable

MAX_STATES = 5000


class ThermalState:
    """All levels of a Hamiltonian, from which any temperature is read."""

    def __init__(self, hamiltonian: PauliSum, basis: Indices) -> None:
        self._spectrum = all_levels(hamiltonian, basis)

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
        return sum(
            float(self._factors(block.levels) @ block.means(operator)) / self._sum
            for block in self.spectrum.blocks
        )

    @cached_property
    def _sum(self) -> float:
        return float(self._factors(self.spectrum.levels).sum())

    def _factors(self, levels: FloatArray) -> FloatArray:
        factors: FloatArray = np.exp(-(levels - self.spectrum.energy) / self.temperature)
        return factors
