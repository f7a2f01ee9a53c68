"""Brings what is new in bronze into silver and quarantine."""
