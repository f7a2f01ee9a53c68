"""Drafts a contract from a sample of the data, so that people correct one and need not write it."""

UNASSIGNED = "unassigned"
"""Owner of a dataset that nobody answers for yet."""
