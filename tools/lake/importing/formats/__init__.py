"""Reads descriptions of data, whatever their format, as tables in the words of the standard."""
