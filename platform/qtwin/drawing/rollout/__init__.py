"""An episode of a driven system: its atoms, spins or qubits at a time, and what happened until."""
