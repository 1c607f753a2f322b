"""Real machines, behind their vendors' own clients."""
