"""Ground states and time evolution by matrix product states."""
