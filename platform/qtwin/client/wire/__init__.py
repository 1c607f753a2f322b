"""How the SDK talks: requests described once, carried out by one of two thin drivers."""
