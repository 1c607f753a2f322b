"""The development runner behind ``make run``: everything on this machine, nothing to install."""
