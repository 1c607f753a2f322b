"""The star: every source sees the one truth through a channel and a discrepancy of its own.

``fit`` is the way in, ``posterior`` what comes out; ``reference`` is the star of the references
alone. Predicting (``posterior`` and what it imports) needs numpy only.
"""
