"""Trino's SQL as DuckDB's, node by node."""
