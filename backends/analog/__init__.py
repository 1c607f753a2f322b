"""Analog machines: arrays of atoms that evolve under their own Hamiltonian."""
