"""Phases of matter told from the shots of jobs, beside logistic regression on the same shots."""
