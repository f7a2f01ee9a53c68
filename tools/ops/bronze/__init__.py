"""Asks jobs to process bronze objects once more."""
