"""How a system becomes numbers: Hamiltonians on qubits, ansatz circuits, measurement, statistics.

Nothing here imports a quantum SDK. Bit order everywhere: qubit 0 is the rightmost character of a
label or bit string and the lowest bit of an integer. Shapes use ``P`` for points, ``N`` for
orbitals, ``T`` for ansatz parameters and ``n`` for qubits.
"""
