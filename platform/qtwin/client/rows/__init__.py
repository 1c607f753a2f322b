"""What the server answers, as frozen typed values."""
