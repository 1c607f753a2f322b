"""Sample-based quantum diagonalization: configurations from a circuit, diagonalised classically."""
