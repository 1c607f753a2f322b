"""Plots as wide as their place: paths are stretched with it, words and strokes are not."""
