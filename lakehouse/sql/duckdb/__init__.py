"""Says in DuckDB what aggregates of Spark SQL say, where both are proven to yield the same number."""
