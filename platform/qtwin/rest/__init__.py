"""REST conventions that every app follows: problem+json, strict JSON, cursor pages."""
