"""How often a caller may ask: token buckets that all web processes share through the broker.

Imports no Django: a refused request reaches neither session, database nor view.
"""
