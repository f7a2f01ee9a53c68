"""Reads the columns of a contract, their types and rules."""
