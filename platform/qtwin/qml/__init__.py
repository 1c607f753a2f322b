"""Quantum machine learning on the shots of jobs. Knows no web framework."""
