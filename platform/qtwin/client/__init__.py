"""The command line: works on its own, without a server and without Django."""
