"""Passwords and tokens of sources change by themselves."""
