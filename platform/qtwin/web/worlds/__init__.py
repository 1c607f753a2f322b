"""Worlds, training runs, policies and transfer reports as their pages show them."""
