"""Runs a silver dataset of records without Spark: PyIceberg commits, Arrow holds rows, DuckDB compares."""
