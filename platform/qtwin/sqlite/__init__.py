"""SQLite as Django knows it, but for how it waits for whoever writes: see `base`."""
