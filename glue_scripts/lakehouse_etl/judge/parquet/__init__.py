"""Judges typed columns of Parquet files."""
