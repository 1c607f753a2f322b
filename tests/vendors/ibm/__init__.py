"""IBM's REST interface on this machine, for the real client; circuits run on Aer."""
