"""QTwin's web platform; ``fusion`` inside it is pure numerics."""

__version__ = "0.1.0"
