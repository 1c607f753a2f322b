"""The dashboard: HTML pages and the live event stream. Views call selectors and services only."""
