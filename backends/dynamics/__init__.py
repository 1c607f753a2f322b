"""Time evolution of thousands of driven systems in one array program, and its gradients.

`Model` is a Hamiltonian, `evolve` its batched evolution. `rydberg`, `ising` and `pulses` make the
model, weights and drives of a system document from waveforms and parameters; `sampling` draws
shots; `gradient` gives derivatives and `grape` optimises waveforms. Shapes use ``B`` for
trajectories, ``n`` for qubits, ``S`` for slices of time, ``M`` for diagonals, ``G`` for drives.
"""

from backends.dynamics.evolution import evolve, substeps_for
from backends.dynamics.gradient import Diagonal, Fidelity, Gradient, gradient
from backends.dynamics.model import Model

__all__ = ["Diagonal", "Fidelity", "Gradient", "Model", "evolve", "gradient", "substeps_for"]
