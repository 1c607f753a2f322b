"""What one of everything takes here: ``python -m infra.scale.measuring FILE``.

A process of its own, with a PostgreSQL of its own: settings are read once.
"""
