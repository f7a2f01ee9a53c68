"""Moves files that arrive in landing to bronze, or to quarantine with a reason."""
