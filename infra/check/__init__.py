"""``make check-infra``: image, compose file, chart and rules by the tools of their makers."""
