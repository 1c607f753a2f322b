"""Devices: their qubits in place, coloured by what a calibration says of them."""
