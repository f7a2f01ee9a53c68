"""Iceberg tables, read and written as the caller."""
