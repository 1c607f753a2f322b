"""Worlds in which an agent drives a quantum system and sees what a laboratory would see: shots."""
