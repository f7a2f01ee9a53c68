"""Judges the records of objects by their contract, in Arrow and without an engine."""
