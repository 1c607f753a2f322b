"""Predictions from stored fits, in a small process of their own, so that the web stays light."""
