"""Every request of an agent leaves a row in the audit trail, whichever program sends it."""
