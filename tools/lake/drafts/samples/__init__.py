"""Reads samples of data, whatever their format."""
