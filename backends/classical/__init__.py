"""Solvers that run on a classical computer and carry no statistical error."""
