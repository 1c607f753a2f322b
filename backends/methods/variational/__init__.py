"""Variational states: ansätze, exact energies and gradients of them, optimisers, and methods.

Shapes use ``B`` for members of a batch (points), ``T`` for parameters, ``S`` for
the basis states that an ansatz can reach, ``K`` for angles of a circuit, ``n`` for qubits.
"""
