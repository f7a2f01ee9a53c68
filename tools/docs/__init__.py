"""Writes what is made from code alone."""
