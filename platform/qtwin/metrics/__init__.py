"""Metrics for Prometheus: what a process counts and times itself, and what the database knows.

Nothing is counted, and prometheus-client is not imported, where nobody asks: neither
``QTWIN_METRICS_TOKEN_FILE`` nor ``QTWIN_METRICS_PORT`` is set.
"""
