"""Statements, one kind in each module."""
