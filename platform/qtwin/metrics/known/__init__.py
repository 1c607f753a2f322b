"""Groups of metrics that are read from the database."""
