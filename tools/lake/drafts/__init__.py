"""Drafts a contract from a sample of the data, so that people correct one and need not write it."""

import tools.lake.testing  # noqa: F401 (where the package of the jobs is found)

UNASSIGNED = "unassigned"
"""Owner of a dataset that nobody answers for yet."""
