"""Rows of silver from which products of `flights` are built: all of the package's files."""

from local.samples.flights import flight_files

FILES = {name: body for name, body in flight_files().items() if body}
"""CSV with a header, whose null is `NA`, by dataset."""
