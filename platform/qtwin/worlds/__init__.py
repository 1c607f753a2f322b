"""Worlds: environments made from a twin, in which agents are trained. Knows no web framework."""
