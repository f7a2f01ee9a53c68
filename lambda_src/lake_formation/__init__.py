"""Puts databases and tables under Lake Formation."""
