"""Commands that speak to a server, each a thin layer over the SDK."""
