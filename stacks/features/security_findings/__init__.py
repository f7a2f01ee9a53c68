"""Findings of AWS's security services: told by their severity, and kept as a table."""
