"""Iceberg tables: their history, commits, new versions, and what they must look like."""
