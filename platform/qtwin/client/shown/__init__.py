"""How things look: figures, cards and tables in a notebook, bars on long work."""
