"""Quantum circuits run on simulators of ideal and of noisy devices.

Shapes use ``P`` for points, ``R`` for the rows that share a circuit, ``T`` for ansatz parameters,
``n`` for qubits.
"""
