"""Whether a process can do its work: what it needs, asked for real and with short patience."""
