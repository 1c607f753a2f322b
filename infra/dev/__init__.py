"""``make run``: `qtwin.serve` on the data folder of the checkout."""

from qtwin.serve import broker, folder, port, stack

__all__ = ["broker", "folder", "port", "stack"]
